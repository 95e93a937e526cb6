import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { read, root } from './sources.js';
import type { Way } from './way.js';

/** The part of ARCHITECTURE.md under a heading of the third level. */
function section(heading: string): string {
  const page = readFileSync(`${root}ARCHITECTURE.md`, 'utf8');
  const [, rest] = page.split(`### ${heading}\n`);
  return rest.split(/^##/m)[0];
}

const page = section('The files on the way');
const groups = Array.from(page.matchAll(/^\d+\. ([^]*?)\((\d+)\): ([^]*?)(?=\n\d+\. |\n\n)/gm));
const pathsOf = (text: string) => Array.from(text.matchAll(/`([^`]+\.(?:ts|mjs))`/g), ([, path]) => path);
const named = groups.flatMap(([, , , files]) => pathsOf(files));

/** The files that hold kernels: of assembly, or the templates that they are generated from. */
function filesOf(kernels: readonly string[]): string[] {
  const written = [...read('assembly')];
  const generated = readdirSync(`${root}assembly/generated`).map(
    (file) => [file, readFileSync(`${root}assembly/generated/${file}`, 'utf8')] as const,
  );
  const found = kernels.map((kernel) => {
    const declares = ([, source]: readonly [string, string]) => source.includes(`export function ${kernel}(`);
    const template = generated.find(declares)?.[0].replace(/\.ts$/, '.mjs');
    return (
      written.find(declares)?.[0] ?? (template ? `scripts/kernels/${template}` : `no file has ${kernel}`)
    );
  });
  return [...new Set(found)];
}

let way: Way;

beforeAll(async () => {
  const program = ['--import', 'tsx', `${root}tests/architecture/way.ts`];
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: root });
  way = JSON.parse(stdout);
});

test('ARCHITECTURE.md names the files that a row meets', () => {
  expect([...named].sort()).toEqual([...way.files, ...filesOf(way.kernels)].sort());
});

test('ARCHITECTURE.md counts the files that a row meets', () => {
  expect(groups.length).toBeGreaterThan(5);
  expect(groups.map(([, , count, files]) => [Number(count), files])).toEqual(
    groups.map(([, , , files]) => [pathsOf(files).length, files]),
  );
  expect(page).toContain(` meets ${named.length} files.`);
});

test('ARCHITECTURE.md shows the calls from fit to the first kernel', () => {
  const [, calls] = /^```\n(.*)\n```$/m.exec(page)!;
  const shown = calls.split(' → ').map((name) => (name.startsWith('(') ? undefined : name));
  expect(shown).toEqual(way.nested.map(({ name }) => name));
  expect(page).toContain(`\nFrom \`fit\` to the first kernel ${way.nested.length} calls are nested.`);
});

test('a row meets at most 80 files, and at most 14 calls are nested before the first kernel', () => {
  expect(way.files.length + filesOf(way.kernels).length).toBeLessThanOrEqual(80);
  expect(way.nested.length).toBeLessThanOrEqual(14);
});
