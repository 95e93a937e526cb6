import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src/', import.meta.url));

/** All regular expressions that stand in src, by their text. */
function expressions(): Map<string, RegExp> {
  const found = new Map<string, RegExp>();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.includes('generated')) continue;
    const source = ts.createSourceFile(file, readFileSync(root + file, 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const [, body, flags] = /^\/(.*)\/([a-z]*)$/s.exec(node.text)!;
        found.set(node.text, new RegExp(body, flags));
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

/**
 * Texts that keep an expression going and then disappoint it: runs of its own letters, alone and in pairs.
 */
function attacks(expression: string, length: number): string[] {
  const letters = new Set([...expression.replace(/\\[a-zA-Z]/g, ''), 'a', 'Z', '0', '_', ' ', '\n', '"']);
  const runs = [...letters].flatMap((a) => [a, ...['a', '0', '_'].map((b) => a + b)]);
  return runs.flatMap((run) => {
    const long = run.repeat(length / run.length);
    return [`${long}!`, `a${long}!`, `{${long}!`];
  });
}

/** Milliseconds of this process's processor time. */
function spent(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('regular expressions in src', () => {
  const all = expressions();

  test('are found', () => {
    expect(all.size).toBeGreaterThan(10);
  });

  test.each([...all.keys()])('%s takes time in proportion to the text', (text) => {
    const expression = all.get(text)!;
    // 30,000 letters: under a millisecond, or, where every letter begins a search to the end, about a second.
    for (const attack of attacks(text, 30_000)) {
      expect(
        spent(() => attack.replace(expression, '')),
        attack.slice(0, 20),
      ).toBeLessThan(250);
    }
  });

  test('the check finds the ones that do not', () => {
    const attack = attacks('_', 30_000).find((each) => each.startsWith('__'))!;
    expect(spent(() => attack.replace(/(?<=.)_+([a-z0-9])/g, ''))).toBeGreaterThan(250);
  });
});
