import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModel } from '../../src/node.js';
import { TableClassifier } from '../../src/table.js';
import { join } from 'node:path';
import { CommandFolder, flowers } from './terminal.js';

const folder = new CommandFolder();
const quick = ['--epochs', '30', '--hidden', '8', '--learning-rate-init', '0.02'];

beforeAll(() => folder.write('flowers.csv', flowers()));
afterAll(() => folder.remove());

describe('train', () => {
  test('says what it read, decided and reached, and saves the model under the name of the data', async () => {
    const { code, out, err } = await folder.run(['train', 'flowers.csv', '--target', 'kind', ...quick]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain("flowers.csv: 60 rows, 4 columns; delimiter ',', names in the first row, utf-8\n");
    expect(out).toMatch(/petal +number +1 missing/);
    expect(out).toContain('54 rows to train on, 6 held out');
    expect(out).toContain('hidden layers of 8 units');
    expect(out).toMatch(/accuracy +1\.000 +0\.500 for always the largest class/);
    expect(out).toMatch(/true \\ predicted +daisy +iris, blue\n +daisy +3 +0\n +iris, blue +0 +3\n/);
    expect(out).toMatch(/shuffled, 60 rows\n +petal +0\.[3-6]\d\d +± /);
    expect(out).toContain(`  lamella train flowers.csv --target kind ${quick.join(' ')} --seed 0\n`);
    const model = await readModel<TableClassifier>(join(folder.path, 'flowers.safetensors'));
    expect(model).toBeInstanceOf(TableClassifier);
    expect(model.predict([{ petal: 5 }, { petal: 1.4 }])).toEqual(['iris, blue', 'daisy']);
  });

  test('prints one JSON document with --json, whose command gives the same bits', async () => {
    const args = ['train', 'flowers.csv', '--target', 'kind', ...quick, '--json', '-o', 'json/a.safetensors'];
    const { code, out, err } = await folder.run(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      ...{ model: 'json/a.safetensors', task: 'classification', target: 'kind', rows: 60, dropped: 0 },
      ...{ score: { accuracy: 1 }, baseline: { accuracy: 0.5 } },
      ...{ confusionMatrix: [[3, 0], [0, 3]], classes: ['daisy', 'iris, blue'], complete: true }, // prettier-ignore
    });
    expect(report.columns.map(({ column }: { column: string }) => column)).toEqual([
      'petal',
      'place',
      'code',
    ]);
    expect(report.importance[0]).toMatchObject({ column: 'petal' });
    const before = folder.read('json/a.safetensors');
    const [, ...again] = report.command.split(' ');
    expect((await folder.run(again)).code).toBe(0);
    expect(folder.read('json/a.safetensors').equals(before)).toBe(true);
  });

  test('takes a target of more than 20 numbers or with fractions for one of quantities', async () => {
    const { out } = await folder.run(['train', 'flowers.csv', '--target', 'petal', ...quick]);
    expect(out).toMatch(/R² +0\.\d+ +0 for always the mean/);
    const labels = await folder.run(['train', 'flowers.csv', '--target', 'code', ...quick, '--json']);
    expect(JSON.parse(labels.out)).toMatchObject({ task: 'classification', classes: [0, 1, 2, 3, 4] });
    const flag = [...quick, '--regression', '--json'];
    const numbers = await folder.run(['train', 'flowers.csv', '--target', 'code', ...flag]);
    expect(JSON.parse(numbers.out)).toMatchObject({ task: 'regression', classes: null });
  });

  test('scores by folds, and keeps the best of several settings', async () => {
    const args = ['train', 'flowers.csv', '--target', 'kind', '--epochs', '8', '--json'];
    const { out, err } = await folder.run([...args, '--cv', '3', '--search', '2']);
    const { crossValidation, search, score } = JSON.parse(out);
    expect(crossValidation.scores).toHaveLength(3);
    expect(crossValidation.mean).toBeCloseTo(
      crossValidation.scores.reduce((sum: number, one: number) => sum + one, 0) / 3,
      12,
    );
    expect(search).toHaveLength(3);
    expect(search[0].network).toEqual({ maxIter: 8 });
    expect(search[1].network).toMatchObject({ maxIter: 8, alpha: expect.any(Number) });
    const scores = search.map((setting: { score: number }) => setting.score);
    expect(score.accuracy).toBe(Math.max(...scores));
    expect(err).toMatch(/^setting 0\/2 {2}chosen by rows and columns: accuracy [\d.]+\nsetting 1\/2/);
  });

  test('keeps the last whole epoch when it is interrupted, and returns 130', async () => {
    let lines = 0;
    const { code, out, err } = await folder.run(
      ['train', 'flowers.csv', '--target', 'kind', '-o', 'stopped.safetensors'],
      {
        onProgress: (line, signal) => {
          if (line.startsWith('epoch 3/')) signal('SIGINT');
          if (line !== '') lines++;
        },
      },
    );
    expect({ code, lines }).toEqual({ code: 130, lines: 3 });
    expect(err).toContain('Stopping at the end of this epoch');
    expect(out).toContain('3 epochs were trained.');
    expect(out).toContain('interrupted; the last whole epoch is saved as stopped.safetensors');
    const model = await readModel<TableClassifier>(join(folder.path, 'stopped.safetensors'));
    expect(model.predict([{ petal: 5 }])).toHaveLength(1);
    expect(model.heldOut).not.toBeNull();
  });

  test('keeps the best setting so far when a search is interrupted', async () => {
    const { code, out } = await folder.run(
      ['train', 'flowers.csv', '--target', 'kind', '--epochs', '4', '--search', '5', '--cv', '3', '--json'],
      { onProgress: (line, signal) => line.startsWith('setting 1/5  epoch 2/') && signal('SIGINT') },
    );
    const { search, complete, crossValidation } = JSON.parse(out);
    expect({ code, complete, crossValidation }).toEqual({
      code: 130,
      complete: false,
      crossValidation: null,
    });
    expect(search).toHaveLength(2);
  });
});
