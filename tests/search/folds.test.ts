import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/errors.js';
import { ndarray } from '../../src/ndarray.js';
import { type Fold, type FoldOptions, kFold, stratifiedKFold } from '../../src/search/folds.js';
import { readGolden } from '../data/goldens.js';

interface Recorded {
  readonly kind: 'kFold' | 'stratifiedKFold';
  readonly n: number;
  readonly y?: string;
  readonly options: FoldOptions;
  readonly test?: number[][];
  readonly error?: object;
  readonly warnings?: string[];
}

const { folds, labels } = readGolden<{ folds: Recorded[]; labels: Record<string, unknown[]> }>(
  'sklearn_split',
);

function split({ kind, n, y, options }: Recorded, warnings: string[]): Fold[] {
  const given = { ...options, onWarning: (warning: Error) => warnings.push(warning.message) };
  return kind === 'kFold' ? kFold(n, given) : stratifiedKFold(labels[y!], given);
}

describe('folds equal scikit-learn', () => {
  test.each(folds.map((each) => [each.kind, each.y ?? each.n, JSON.stringify(each.options), each] as const))(
    '%s of %s %s',
    (_kind, _of, _options, recorded) => {
      const warnings: string[] = [];
      if (recorded.error) {
        expect(() => split(recorded, warnings)).toThrow(ValueError);
        return;
      }
      const parts = split(recorded, warnings);
      expect(parts.map(({ test }) => [...test])).toEqual(recorded.test);
      for (const { train, test } of parts) {
        const held = new Set(test);
        expect([...train]).toEqual(
          Array.from({ length: recorded.n }, (_, i) => i).filter((i) => !held.has(i)),
        );
      }
      const expected = (recorded.warnings ?? []).map((message) => message.replace('n_splits', 'nSplits'));
      expect(warnings).toEqual(expected);
    },
  );
});

describe('folds', () => {
  test('count the rows of anything that has rows', () => {
    expect(kFold(ndarray([1, 2, 3, 4], [2, 2]), { nSplits: 2 })).toEqual(kFold(2, { nSplits: 2 }));
    expect(kFold(['a', 'b', 'c'], { nSplits: 3 })).toHaveLength(3);
  });

  test('are 5 by default', () => {
    expect(kFold(10)).toEqual(kFold(10, { nSplits: 5 }));
    expect(stratifiedKFold(Uint8Array.from({ length: 20 }, (_, i) => i % 2))).toHaveLength(5);
  });
});

describe('folds refuse', () => {
  test.each<[string, () => unknown, string]>([
    [
      'more parts than rows',
      () => kFold(4, { nSplits: 5 }),
      'kFold: nSplits must be at most the number of rows, 4, but received 5.',
    ],
    ['one part', () => kFold(4, { nSplits: 1 }), 'kFold: nSplits must be an integer >= 2, but received 1.'],
    [
      'a seed without shuffle',
      () => stratifiedKFold([0, 0, 1, 1], { nSplits: 2, randomState: 1 }),
      'stratifiedKFold: randomState must be omitted without shuffle: true, but was given.',
    ],
    [
      'more parts than rows of any class',
      () => stratifiedKFold([0, 0, 1, 1], { nSplits: 3 }),
      'stratifiedKFold: nSplits must be at most the number of rows of the largest class, 2, but received 3.',
    ],
    [
      'no rows',
      () => stratifiedKFold([]),
      'stratifiedKFold: nSplits must be at most the number of rows of the largest class, 0, but received 5.',
    ],
    [
      'unknown options',
      () => kFold(4, { splits: 2 } as object),
      "kFold: 'splits' is not an option; did you mean 'nSplits'?",
    ],
  ])('%s', (_what, call, sentence) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(sentence);
  });
});
