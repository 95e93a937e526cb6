import { describe, expect, test } from 'vitest';
import { accuracyScore } from '../../src/data/scores.js';
import { trainTestSplit } from '../../src/data/split.js';
import { ShapeError, ValueError } from '../../src/errors.js';

describe('rows of labels', () => {
  test('are compared cell by cell', () => {
    expect(accuracyScore([['a b', 'c']], [['a', 'b c']])).toBe(0);
    const truth = [
      ['a', 1],
      ['a b', 2],
      ['c', 1],
    ];
    const predicted = [
      ['a', 1],
      ['a', 2],
      ['c', 1],
    ];
    expect(accuracyScore(truth as never, predicted as never)).toBe(2 / 3);
    const matrix = { data: Uint8Array.of(1, 0, 0, 1), shape: [2, 2] };
    expect(accuracyScore(matrix, [[1, 0], Uint8Array.of(1, 1)])).toBe(0.5);
  });

  test('must have the same width and type on both sides', () => {
    expect(() => accuracyScore([[1, 2], [3]], [1, 2])).toThrow(ShapeError);
    expect(() => accuracyScore([[1, 2], [3]], [1, 2])).toThrow(
      'accuracyScore: yTrue must have as many labels in every row as in row 0, 2, but received 1 in row 1.',
    );
    expect(() => accuracyScore([['a', 'b']], [['a', 1]] as never)).toThrow(
      'accuracyScore: column 1: yPred must hold strings, as yTrue does, but received 1.',
    );
  });

  test('are classes of their own for a stratified split, also where their joined texts agree', () => {
    const labels = Array.from({ length: 8 }, (_, i) => (i % 2 ? ['a b', 'c'] : ['a', 'b c']));
    for (let randomState = 0; randomState < 5; randomState++) {
      const { yTest } = trainTestSplit(labels, labels, { stratify: labels, testSize: 4, randomState });
      expect(yTest.filter(([first]) => first === 'a')).toHaveLength(2);
    }
  });

  test('must hold labels in every cell', () => {
    const labels = [
      [1, NaN],
      [1, 2],
    ];
    expect(() => trainTestSplit(labels, labels, { stratify: labels })).toThrow(ValueError);
  });
});
