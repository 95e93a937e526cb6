import { describe, expect, test } from 'vitest';
import { callbacks } from 'lamella';
import { line, quiet } from '../../sequential/data.js';
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
    expect(files.get('a')).toBe('epoch;"a;b";"c""d";"e\nf";"g,h"\r\n0;1.0;2.0;3.0;4.0\r\n');
  });

  test.each(['=HYPERLINK("http://a.example","b")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])(
    'writes the name %j as a text that no spreadsheet takes for a formula',
    async (name) => {
      const { files, write } = disk();
      await run([csvLogger({ write, name: 'a' })], [{ [name]: -1 }]);
      const text = files.get('a')!;
      const cell = `'${name}`;
      const quoted = /[",\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
      expect(text).toBe(`epoch,${quoted}\r\n0,-1.0\r\n`);
    },
  );

  test('has a column for every value of a validation that comes later', async () => {
    const { files, write } = disk();
    const y = [0, 1, 2, 3];
    const x = y.map((value) => [value / 4]);
    const model = line();
    model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
    await model.fit(x, y, {
      ...{ ...quiet, epochs: 3, validationSplit: 0.5, validationFreq: 2 },
      callbacks: [csvLogger({ write })],
    });
    const lines = files.get('training.csv')!.trimEnd().split('\r\n');
    expect(lines[0]).toBe('epoch,loss,mae,val_loss,val_mae');
    expect(lines.slice(1).map((line) => line.split(',').map((cell) => cell === 'NA'))).toEqual([
      [false, false, false, true, true],
      [false, false, false, false, false],
      [false, false, false, true, true],
    ]);
  });

  test('has a line for the epoch in which training diverged', async () => {
    const { files, write } = disk();
    const model = line(1e6);
    const options = { ...quiet, epochs: 200, callbacks: [csvLogger({ write })] };
    await expect(model.fit([[1e3]], [1e3], options)).rejects.toThrow(/expected finite numbers/);
    const lines = files.get('training.csv')!.trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + model.history.epoch.length);
    expect(lines.at(-1)).toMatch(/^\d+,(nan|inf)$/);
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

  test('begins a new line behind a last line that has no end', async () => {
    const { files, write, read } = disk();
    files.set('training.csv', 'epoch,loss\r\n0,9.0');
    await run([csvLogger({ write, read, append: true })], logsOf('loss', [1, 2]));
    expect(files.get('training.csv')).toBe('epoch,loss\r\n0,9.0\r\n0,1.0\r\n1,2.0\r\n');
  });

  // What a killed fit left of its file, and what the fit that is resumed at epoch 2 makes of it
  const header = 'epoch,loss\r\n';
  test.each([
    ['with the line of an epoch that is trained again', `${header}0,5.0\r\n1,4.0\r\n2,3.0\r\n`],
    ['with a line that was cut short', `${header}0,5.0\r\n1,4.0\r\n2,`],
    ['with a number that was cut short', `${header}0,5.0\r\n1,4.0\r\n2`],
    ['with several such lines', `${header}0,5.0\r\n1,4.0\r\n2,3.0\r\n3,2.0\r\n10,1.0\r\n`],
    ['with nothing too much', `${header}0,5.0\r\n1,4.0\r\n`],
    ['behind an earlier fit', `${header}0,9.0\r\n1,8.0\r\n2,7.0\r\n0,5.0\r\n1,4.0\r\n2,3.0\r\n`],
    ['without its first lines', `${header}2,3.0\r\n`],
    ['with nothing but a header', header],
    ['that is empty', ''],
    ['that is missing', undefined],
  ])('goes on in a resumed fit with a file %s', async (_name, left) => {
    const restore = {
      onTrainBegin(_logs: object, model: any): void {
        model.setTrainingState({ ...model.getTrainingState(), epoch: 2 });
      },
    };
    for (const append of [false, true]) {
      const { files, write, read } = disk();
      if (left !== undefined) files.set('training.csv', left);
      await run([csvLogger({ write, read, append }), restore], logsOf('loss', [5, 4, 30, 20]));
      const kept = (left ?? '').replace(/(2,3\.0\r\n)(3,2\.0\r\n10,1\.0\r\n)?$|2,?$/, '') || header;
      expect(files.get('training.csv')).toBe(`${kept}2,30.0\r\n3,20.0\r\n`);
    }
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
