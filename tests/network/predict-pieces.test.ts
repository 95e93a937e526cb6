import { describe, expect, test } from 'vitest';
import type { Network } from '../../src/network/network.js';
import { toRows } from '../../src/ndarray.js';
import type { Pieces } from '../../src/yielding.js';
import { expectSameBits } from '../helpers/allclose.js';
import { denseNetwork } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import { networkOf } from '../helpers/training.js';

const seeded = new Seeded(5);
const INPUTS = 37;

const spec = denseNetwork(INPUTS, [
  [13, 'relu'],
  [3, 'softmax'],
]);

const large = denseNetwork(INPUTS, [
  [12000, 'relu'],
  [500, 'relu'],
]);

function someRows(rows: number, density = 1): Float32Array {
  return Float32Array.from(seeded.floats(rows * INPUTS), (value, i) =>
    (i * 7) % 10 < 10 * density ? value : 0,
  );
}

function same(actual: Float32Array, expected: Float32Array): void {
  expectSameBits(actual, expected, 'values');
}

/** The result of pieces, with `between` called in every pause; and how many there were. */
function drive<T>(pieces: Pieces<T>, between: (pause: number) => void = () => undefined): [T, number] {
  for (let pauses = 0; ; pauses++) {
    const next = pieces.next();
    if (next.done) return [next.value, pauses];
    between(pauses);
  }
}

function otherParameters(network: Network): Float32Array {
  return network.weights.view().map((value) => value * 1.5);
}

describe('predicting in pieces', () => {
  const rows = toRows({ data: someRows(700), shape: [700, INPUTS] });

  test('gives the bits of predicting at once, whatever else the network predicts meanwhile', () => {
    const network = networkOf('base', spec);
    const other = toRows({ data: someRows(3), shape: [3, INPUTS] });
    const expected = network.forward(rows).slice();
    const meanwhile = network.forward(other).slice();
    const [result, pauses] = drive(network.forwardInPieces(rows), () => {
      same(network.forward(other), meanwhile);
    });
    same(result, expected);
    expect(pauses).toBeGreaterThan(3);
  });

  test('a network so large that its rows are more than a piece pauses after each', () => {
    const network = networkOf('base', large);
    const few = toRows({ data: someRows(40), shape: [40, INPUTS] });
    const [result, pauses] = drive(network.forwardInPieces(few));
    expect(pauses).toBeGreaterThan(1);
    same(result, network.forward(few));
  });

  test('goes by the parameters of its beginning when others are set meanwhile', () => {
    const network = networkOf('base', spec);
    const expected = network.forward(rows).slice();
    const changed = otherParameters(network);
    const [result] = drive(network.forwardInPieces(rows), (pause) => {
      if (pause === 1) network.weights.set(changed);
    });
    same(result, expected);
    same(network.weights.view(), changed);
  });

  test.each(['before', 'after'])('… and when a training has begun %s it', (when) => {
    const network = networkOf('base', spec);
    const expected = network.forward(rows).slice();
    const trained = network.weights.view().slice();
    if (when === 'before') network.weights.lend(() => trained);
    const [result] = drive(network.forwardInPieces(rows), (pause) => {
      if (pause === 0) network.weights.lend(() => trained);
      trained.forEach((_, i) => (trained[i] += 0.01));
    });
    same(result, expected);
    same(network.weights.view(), trained);
    network.weights.lend(undefined);
    network.weights.set(trained);
    same(network.weights.view(), trained);
  });

  test('into an array of the caller', () => {
    const network = networkOf('base', spec);
    const out = new Float32Array(700 * 3);
    expect(drive(network.forwardInPieces(rows, out))[0]).toBe(out);
    same(out, network.forward(rows));
  });
});

describe('rows in plain arrays', () => {
  const unread = (input: unknown) => toRows(input, { unchecked: true });
  const network = networkOf('base', spec);

  function nestedOf(data: Float32Array): unknown[][] {
    return Array.from({ length: data.length / INPUTS }, (_, i) => [
      ...data.subarray(i * INPUTS, (i + 1) * INPUTS),
    ]);
  }

  test.each([1, 0.1])(
    'are read while they are predicted, to the bits of a typed array; density %f',
    (density) => {
      const data = someRows(365, density);
      const rows = unread(nestedOf(data));
      expect(rows.data).toHaveLength(0);
      const expected = network.forward(toRows({ data, shape: [365, INPUTS] }));
      same(network.forward(rows), expected);
      same(drive(network.forwardInPieces(rows))[0], expected);
    },
  );

  test('and typed arrays among them', () => {
    const data = someRows(365);
    const nested: unknown[] = nestedOf(data);
    nested[301] = Float32Array.from(nested[301] as number[]);
    const expected = network.forward(toRows({ data, shape: [365, INPUTS] }));
    same(network.forward(unread(nested)), expected);
    same(drive(network.forwardInPieces(unread(nested)))[0], expected);
  });

  test.each<[string, (nested: unknown[][]) => unknown]>([
    ['text', (nested) => (nested[364][36] = '1')],
    ['a hole', (nested) => delete nested[2][3]],
    ['NaN', (nested) => (nested[150][36] = NaN)],
    ['a value beyond float32', (nested) => (nested[363][0] = -1e39)],
    ['an array', (nested) => (nested[1][1] = [1])],
    ['a short row', (nested) => nested[200].pop()],
    ['a number instead of a row', (nested) => ((nested as unknown[])[364] = 3)],
    ['NaN before text', (nested) => [(nested[1][1] = NaN), (nested[300][1] = 'x')]],
  ])('are refused as toRows refuses them: %s', (_name, spoil) => {
    const nested = nestedOf(someRows(365));
    spoil(nested);
    let refusal: unknown;
    try {
      toRows(nested);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Error);
    expect(() => network.forward(unread(nested))).toThrow(refusal as Error);
    expect(() => drive(network.forwardInPieces(unread(nested)))).toThrow(refusal as Error);
  });
});
