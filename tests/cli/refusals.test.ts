import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandFolder, flowers } from './terminal.js';

const folder = new CommandFolder();

beforeAll(() => {
  folder.write('flowers.csv', flowers());
  folder.write('header.csv', 'a,b\n');
  folder.write('empty.csv', '');
  folder.write('ragged.csv', 'a,b\n1,x\n2\n3,y\n');
  folder.write('one-class.csv', 'a,b\n1,x\n2,x\n');
  folder.write('latin1.csv', Buffer.from('a,b\n1,caf\xe9\n2,tea\n', 'latin1'));
  folder.write('nul.csv', 'a,b\n1,x\0\n2,y\n');
  folder.write('foreign.csv', flowers());
  folder.write('foreign.safetensors', 'my diary');
  folder.write('no-target.csv', 'a,b\n1,\n2,\n');
  folder.write('few.csv', 'a,b\n1,x\n2,y\n3,y\n');
  folder.write('gaps.csv', 'a,b\n,x\n,y\n');
});
afterAll(() => folder.remove());

const refused: readonly [args: string, code: number, message: string][] = [
  ['', 2, 'Usage: lamella'],
  ['tarin flowers.csv', 2, "unknown command 'tarin' (Did you mean train?)"],
  ['train flowers.csv', 2, 'name it by --target.'],
  ['train flowers.csv --targe kind', 2, "unknown option '--targe' (Did you mean --target?)"],
  ['train flowers.csv --target knd', 2, "'knd' is not a column of the table; did you mean 'kind'?"],
  ['train flowers.csv --target kind --columns kind,x', 2, "flowers.csv: 'x' is not a column"],
  [
    'train flowers.csv --target kind --treatment x=drop',
    2,
    "--treatment of flowers.csv: 'x' is not a column",
  ],
  ['train flowers.csv --target kind --treatment petal=drip', 2, "'drop' or a transformer"],
  ['train flowers.csv --target kind --epochs 0', 2, 'It must be an integer of at least 1.'],
  ['train flowers.csv --target kind --epochs 1e9x', 2, 'It must be an integer of at least 1.'],
  ['train flowers.csv --target kind --hidden 5,x', 2, 'It must be numbers of units, such as 50,20.'],
  ['train flowers.csv --target kind --alpha -1', 2, 'alpha must be'],
  ['train flowers.csv --target kind --solver adm', 2, "solver must be one of 'adam'"],
  ['train flowers.csv --target kind --seed 5000000000', 2, 'randomState must be'],
  ['train flowers.csv --target kind --types petal=float', 2, 'types must be'],
  ['train flowers.csv --target kind --encoding klingon', 2, 'encoding must be the name of an encoding'],
  ['train flowers.csv --target kind --regression --classification', 2, 'exclude each other'],
  ['train flowers.csv --target petal --class-weight none', 2, 'is for classification'],
  ['train flowers.csv --target kind -o flowers.csv', 2, 'the model would replace the data'],
  ['train missing.csv --target kind', 3, 'missing.csv: there is no such file.'],
  ['train . --target kind', 3, 'this is a folder, not a file.'],
  [
    'train header.csv --target b',
    3,
    'header.csv: there must be rows to train on, but there is a header only.',
  ],
  ['train empty.csv --target b', 3, 'line 1: the text must have a row at least, but it is empty.'],
  ['train ragged.csv --target b', 3, "line 3, column 'b': every row must have 2 cells"],
  ['train one-class.csv --target b', 3, "target 'b' must have at least 2 classes"],
  ['train no-target.csv --target b', 3, "at least 1 row must have a target 'b'"],
  ['train gaps.csv --target b', 3, 'column'],
  ['train latin1.csv --target b', 3, 'give its encoding, such as --encoding latin1.'],
  ['train nul.csv --target b', 3, 'line 2: the text must not hold NUL characters'],
  ['train foreign.csv --target kind', 3, 'foreign.safetensors: the file is there already and is no model'],
  ['train flowers.csv --target kind --regression', 3, "target 'kind' must be"],
  [
    'train flowers.csv --target kind --cv 50',
    3,
    '--cv must be at most the number of rows of the largest class, 30',
  ],
  ['train few.csv --target b --search 2 --epochs 1', 3, '--search needs rows to hold out'],
  ['predict foreign.safetensors flowers.csv', 3, 'it looks like plain text'],
  ['predict missing.safetensors flowers.csv', 3, 'missing.safetensors: there is no such file.'],
  ['info flowers.csv', 3, 'it looks like a CSV file'],
];

describe('the command line refuses', () => {
  test.each(refused)('%s: exit code %d, %s', async (args, expected, message) => {
    const { code, err } = await folder.run(args === '' ? [] : args.split(' '));
    expect(err).toContain(message);
    expect(code).toBe(expected);
    if (args !== '') expect(err.trimEnd().split('\n').at(-1)).toMatch(/^lamella: .*[.?)]$/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test('and has left the files that were there', () => {
    expect(folder.read('foreign.safetensors').toString()).toBe('my diary');
    expect(folder.read('flowers.csv').toString()).toBe(flowers());
    expect(existsSync(join(folder.path, 'latin1.safetensors'))).toBe(false);
  });
});
