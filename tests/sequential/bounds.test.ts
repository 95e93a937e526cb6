import { FormatError, layers, modelFromJSON, sequential } from 'lamella';
import { describe, expect, test } from 'vitest';

describe('a batchSize far beyond the rows there are takes the memory of the rows', () => {
  const rows = 10;
  const x = Array.from({ length: rows }, (_, i) => [i / rows, 1]);
  const y = x.map(([a]) => a);
  const compiled = (): ReturnType<typeof sequential> => {
    const model = sequential({ seed: 1, layers: [layers.dense({ units: 1, inputShape: [2] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] });
    return model;
  };
  const fit = { epochs: 2, verbose: 0, batchSize: 1e7 } as const;

  test.each([
    ['of arrays', { validationSplit: 0.3 }],
    ['of data of their own', { validationData: [x, y] as any }],
    [
      'of a stream',
      {
        validationData: () =>
          [
            [x.slice(0, 3), y.slice(0, 3)],
            [x, y],
          ] as any,
      },
    ],
  ])('in fit with a validation %s, with the same results', async (_name, validation) => {
    const large = await compiled().fit(x, y, { ...fit, ...validation });
    const small = await compiled().fit(x, y, { ...fit, ...validation, batchSize: rows });
    expect(large.history).toEqual(small.history);
    expect(large.history.val_loss).toHaveLength(2);
  });

  test('in fit of a stream, evaluate, testOnBatch and predict', async () => {
    const model = compiled();
    await model.fit(() => [[x, y]] as any, { epochs: 1, verbose: 0, stepsPerEpoch: 1 });
    expect(model.evaluate(x, y, { batchSize: 1e7 })).toEqual(model.evaluate(x, y, { batchSize: rows }));
    expect(model.testOnBatch(x, y)).toEqual(model.evaluate(x, y, { batchSize: rows }));
    expect(model.predict(x, { batchSize: 1e7 })).toEqual(model.predict(x));
  });
});

describe('a name', () => {
  const dense = (name: string): ReturnType<typeof layers.dense> =>
    layers.dense({ units: 1, inputShape: [1], name });
  const expected = 'name must be a non-empty string of at most 256 printable characters, but received ';

  test.each(['\u001b[2J', 'a\nb', 'x'.repeat(257), 'x'.repeat(1_000_000), '\u202eabc', ''])(
    'that no table can show is refused: %j',
    (name) => {
      expect(() => dense(name)).toThrow(`layers.dense: ${expected}`);
      expect(() => sequential({ name })).toThrow(`sequential: ${expected}`);
      const json = { ...sequential({ layers: [dense('a')] }).toJSON(), name };
      expect(() => modelFromJSON(json)).toThrow(FormatError);
    },
  );

  test('of any script is kept', () => {
    const name = 'Schicht 1 / 層 (π) "a"';
    const model = sequential({ name, layers: [dense(name)] });
    const lines: string[] = [];
    model.summary({ print: (line) => lines.push(line) });
    expect(lines.join('')).toContain('Schicht 1 / 層 (π)');
  });
});
