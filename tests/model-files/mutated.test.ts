import { beforeAll, describe, expect, test } from 'vitest';
import { byteMutations, faultOf, sampled, smallFiles, valueMutations } from './mutations.js';

const KINDS = [
  ...['MLPClassifier', 'MLPRegressor', 'Perceptron', 'Sequential of rows', 'Sequential of images'],
  ...['TableClassifier', 'TableRegressor', 'Pipeline'],
];
let files: Map<string, Uint8Array>;

beforeAll(async () => {
  files = await smallFiles();
});

// Thousands of each are tried in tests/acceptance; here every so many.
describe.each(KINDS)('%s: a changed file is refused by a LamellaError, or is a model', (kind) => {
  test('with other bytes, or cut', async () => {
    let count = 0;
    for (const mutation of sampled(byteMutations(files.get(kind)!), 400, 1)) {
      expect(await faultOf(mutation)).toBeUndefined();
      count++;
    }
    expect(count).toBeGreaterThan(20);
  });

  test('with other values in its header and its description', async () => {
    let count = 0;
    for (const mutation of sampled(valueMutations(files.get(kind)!), 40, 2)) {
      expect(await faultOf(mutation)).toBeUndefined();
      count++;
    }
    expect(count).toBeGreaterThan(20);
  });
});

test('nothing of it changed what objects inherit', () => {
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});
