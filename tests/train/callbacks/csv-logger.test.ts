import { describe, expect, test } from 'vitest';
import { callbacks } from 'lamella';
import { logsOf, run } from './fake.js';

const { csvLogger } = callbacks;

/** A file system of strings. */
function disk() {
  const files = new Map<string, string>();
  return {
    files,
    write: (name: string, bytes: Uint8Array): void => void files.set(name, new TextDecoder().decode(bytes)),
    read: (name: string) => (files.has(name) ? new TextEncoder().encode(files.get(name)) : undefined),
  };
}

describe('csvLogger', () => {
  test('writes a header, then a line per epoch, numbered from 0, with the values sorted by name', async () => {
    const { files, write } = disk();
    await run(
      [csvLogger({ write })],
      [
        { loss: 0.5, accuracy: 1, val_loss: 1e-5 },
        { loss: NaN, accuracy: 0.1, val_loss: -Infinity },
      ],
    );
    expect(files.get('training.csv')).toBe(
      'epoch,accuracy,loss,val_loss\r\n0,1.0,0.5,1e-05\r\n1,0.1,nan,-inf\r\n',
    );
  });

  test('writes NA where a value is missing, and leaves out what the first epoch did not have', async () => {
    const { files, write } = disk();
    await run(
      [csvLogger({ write, name: 'a' })],
      [
        { loss: 1, acc: 2 },
        { loss: 3, new: 4 },
      ],
    );
    expect(files.get('a')).toBe('epoch,acc,loss\r\n0,2.0,1.0\r\n1,NA,3.0\r\n');
  });

  test('quotes names that hold separators, quotes or line breaks', async () => {
    const { files, write } = disk();
    await run(
      [csvLogger({ write, name: 'a', separator: ';' })],
      [{ 'a;b': 1, 'c"d': 2, 'e\nf': 3, 'g,h': 4 }],
    );
    expect(files.get('a')).toBe('epoch;"a;b";"c""d";"e\nf";g,h\r\n0;1.0;2.0;3.0;4.0\r\n');
  });

  test('begins anew in every fit, or goes on without a second header', async () => {
    const { files, write } = disk();
    const anew = csvLogger({ write, name: 'anew' });
    const onward = csvLogger({ write, name: 'onward', append: true });
    await run([anew, onward], logsOf('loss', [1]));
    await run([anew, onward], logsOf('loss', [2]));
    expect(files.get('anew')).toBe('epoch,loss\r\n0,2.0\r\n');
    expect(files.get('onward')).toBe('epoch,loss\r\n0,1.0\r\n0,2.0\r\n');
  });

  test('goes on with a file that read gives', async () => {
    const { files, write, read } = disk();
    files.set('training.csv', 'epoch,loss\r\n0,9.0\r\n');
    await run([csvLogger({ write, read, append: true })], logsOf('loss', [1]));
    expect(files.get('training.csv')).toBe('epoch,loss\r\n0,9.0\r\n0,1.0\r\n');
    files.delete('training.csv');
    await run([csvLogger({ write, read, append: true })], logsOf('loss', [1]));
    expect(files.get('training.csv')).toBe('epoch,loss\r\n0,1.0\r\n');
  });

  test('gives bytes that nobody writes to afterwards', async () => {
    const given: Uint8Array[] = [];
    await run([csvLogger({ write: (_name, bytes) => void given.push(bytes) })], logsOf('loss', [1, 2]));
    expect(given.map((bytes) => bytes.length)).toEqual([19, 26]);
    expect(given[0].buffer).not.toBe(given[1].buffer);
  });

  test.each([
    [{}, 'csvLogger: write must be a function (name, bytes), but received undefined.'],
    [
      { separator: ',,' },
      "csvLogger: separator must be one character other than a quote or a line break, but received ',,'.",
    ],
    [{ seperator: ',' }, "csvLogger: 'seperator' is not an option; did you mean 'separator'?"],
  ])('refuses %o', (options, sentence) => {
    expect(() => csvLogger(options as never)).toThrow(sentence);
  });
});
