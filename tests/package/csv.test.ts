import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type * as Table from 'lamella/table';
import { root } from './packing.js';

// csv-parse runs on Node's Buffer in one build and on a replacement in the others.

const load = (path: string): Promise<typeof Table> =>
  import(pathToFileURL(join(root, path)).href) as Promise<typeof Table>;
const [browser, node] = await Promise.all([load('dist/table.js'), load('dist/node/table.js')]);

/** What comes of a text, or the words of its error. */
function read({ parseCsv }: typeof Table, text: string): unknown {
  try {
    const table = parseCsv(new TextEncoder().encode(text));
    return { records: table.toRecords(), types: table.types, source: table.source };
  } catch (error) {
    return (error as Error).message;
  }
}

const many = Array.from({ length: 2000 }, (_, i) => `${i},v${i % 7}\n`).join('');

describe('the build for browsers reads as that of Node.js:', () => {
  test.each([
    ['numbers, words and gaps', 'a,b\n1,x\n,"y"\n'],
    ['a byte order mark and mixed line ends', '\ufeffa;b\r\n1;ä\n2;€\r3;😀\n'],
    ['quotes in quotes and line ends in cells', 'a,b\n"x ""y""","1\n2"\n'],
    ['long cells', `a\n${'é'.repeat(500)}\n${'x'.repeat(5000)}\n`],
    ['a ragged row', 'a,b\n1,2\n3\n'],
    ['an open quote', 'a,b\n1,"2\n3,4\n'],
    ['a stray quote', 'a,b\n1,2"3\n'],
    ['many rows', `id,v\n${many}`],
  ])('%s', (_what, text) => {
    expect(read(browser, text)).toEqual(read(node, text));
  });
});
