import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layers, saveModel, sequential } from '../../src/node.js';
import { parseCsv } from '../../src/table.js';
import { CommandFolder } from './terminal.js';

const folder = new CommandFolder();
/** Codes of two digits, which are texts; labels need quotes. */
const DATA = `zip,size,label\n${Array.from({ length: 24 }, (_, i) => (i % 2 ? `007,${8 + (i % 3)},"big, ""fat"""` : `010,${1 + (i % 3)},small`)).join('\n')}\n`;
const labels = ['big, "fat"', 'small'];

beforeAll(async () => {
  folder.write('data.csv', DATA);
  const args = ['--target', 'label', '--epochs', '30', '--learning-rate-init', '0.02', '--hidden', '8'];
  expect((await folder.run(['train', 'data.csv', ...args, '-o', 'm.safetensors'])).code).toBe(0);
});
afterAll(() => folder.remove());

describe('predict', () => {
  test('prints a column of CSV that can be read again, in the order of the rows', async () => {
    const { code, out, err } = await folder.run(['predict', 'm.safetensors', 'data.csv']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const table = parseCsv(out, { header: true });
    expect(table.columns).toEqual(['prediction']);
    expect(table.column('prediction')).toEqual(parseCsv(DATA).column('label'));
  });

  test('reads 7 as the text that fit has seen, and appends to what is written in the file', async () => {
    const input = 'size,more,zip\n9.50,2026-01-31,007\n1e0,"a,b",\n';
    const { out, err } = await folder.run(['predict', 'm.safetensors', '-', '--append', '--proba'], {
      input,
    });
    expect(err).toBe('');
    const [header, first, second] = out.trimEnd().split('\n');
    expect(header).toBe('size,more,zip,prediction,"p_big, ""fat""",p_small');
    expect(first).toMatch(/^9\.50,2026-01-31,007,"big, ""fat""",0\.9\d*,0\.0\d*$/);
    expect(second).toMatch(/^1e0,"a,b",,small,[\d.e-]+,0\.\d+$/);
  });

  test('prints a JSON object a line', async () => {
    const input = 'zip,size,__proto__\n007,9,x\n';
    const args = ['predict', 'm.safetensors', '-', '--json', '--proba', '--append'];
    const { out } = await folder.run(args, { input });
    expect(out.split('\n')).toHaveLength(2);
    const record = JSON.parse(out);
    expect(Object.keys(record)).toEqual(['zip', 'size', '__proto__', 'prediction', 'probabilities']);
    expect(record).toMatchObject({ zip: '007', size: 9, prediction: labels[0] });
    expect(Object.keys(record.probabilities)).toEqual(labels);
  });

  test.each([
    ['zip,size\n007,big\n', 3, "standard input: CSV, line 2, column 'size': the value must be a number"],
    ['a,b\n1,2\n', 3, 'standard input: the columns must be those of the model, zip, size, but are a, b.'],
    ['size,prediction\n1,2\n', 3, "there must be no column 'prediction' yet"],
  ])('refuses %j', async (input, expected, message) => {
    const { code, err } = await folder.run(['predict', 'm.safetensors', '-', '--append'], { input });
    expect(code).toBe(expected);
    expect(err).toContain(message);
  });

  test('warns of columns that the file lacks', async () => {
    const { out, err } = await folder.run(['predict', 'm.safetensors', '-'], { input: 'size\n9\n' });
    expect(out).toBe('prediction\n"big, ""fat"""\n');
    expect(err).toBe(
      "Warning: TableClassifier takes the columns 'zip' as missing values, since the rows have none.\n",
    );
  });
});

describe('evaluate', () => {
  test('prints the scores, as text and as JSON', async () => {
    const text = await folder.run(['evaluate', 'm.safetensors', 'data.csv']);
    expect(text.out).toMatch(/^data\.csv: 24 rows\n +accuracy +1\.000 +0\.500/);
    const { out } = await folder.run(['evaluate', 'm.safetensors', 'data.csv', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      ...{ model: 'm.safetensors', rows: 24, classes: labels, baseline: { accuracy: 0.5 } },
      ...{ score: { accuracy: 1 }, confusionMatrix: [[12, 0], [0, 12]] }, // prettier-ignore
    });
  });

  test('refuses a file without the target, and a label that fit has not seen', async () => {
    const without = await folder.run(['evaluate', 'm.safetensors', '-'], { input: 'zip,size\n007,1\n' });
    expect(without).toMatchObject({ code: 3, err: expect.stringContaining("'label' is not a column") });
    const other = await folder.run(['evaluate', 'm.safetensors', '-'], { input: 'size,label\n1,tiny\n' });
    expect(other).toMatchObject({ code: 3, err: expect.stringContaining("but received 'tiny'") });
  });
});

describe('info', () => {
  test('tells of a model of tables its columns, layers and scores', async () => {
    const { out } = await folder.run(['info', 'm.safetensors']);
    expect(out).toMatch(/^m\.safetensors: TableClassifier, \d+ parameters/);
    expect(out).toContain('predicts label from 2 columns\n2 classes: big, "fat", small\n');
    expect(out).toMatch(/zip +string +category/);
    const { out: json } = await folder.run(['info', 'm.safetensors', '--json']);
    expect(JSON.parse(json)).toMatchObject({ kind: 'TableClassifier', target: 'label', classes: labels });
  });

  test('tells of any other model its kind and layers, which predict refuses by name', async () => {
    const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await saveModel(model, join(folder.path, 's.safetensors'));
    const { out } = await folder.run(['info', 's.safetensors', '--json']);
    expect(JSON.parse(out)).toMatchObject({ kind: 'Sequential', parameters: 9, layers: [{ parameters: 9 }] });
    const { code, err } = await folder.run(['predict', 's.safetensors', 'data.csv']);
    expect(code).toBe(3);
    expect(err).toContain('predict needs a model of tables');
    expect(err).toContain('Sequential');
  });
});
