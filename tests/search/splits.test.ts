import { describe, expect, test } from 'vitest';
import { LamellaError } from '../../src/errors.js';
import * as groupFolds from '../../src/search/group-folds.js';
import * as repeatedFolds from '../../src/search/repeated-folds.js';
import type { Fold } from '../../src/search/folds.js';
import { RandomState } from '../../src/random.js';
import { readGolden } from '../data/goldens.js';

interface Recorded {
  readonly split: string;
  readonly n?: number;
  readonly y?: string;
  readonly groups?: string;
  readonly options: object;
  readonly test?: number[][];
  readonly train?: number[][];
  readonly warnings?: boolean;
  readonly error?: object;
}

interface Golden {
  readonly folds: Recorded[];
  readonly labels: Record<string, unknown[]>;
  readonly groups: Record<string, unknown[]>;
}

const { folds, labels, groups } = readGolden<Golden>('sklearn_folds');
const splits = { ...groupFolds, ...repeatedFolds } as unknown as Record<
  string,
  (...args: unknown[]) => Fold[]
>;

/** Splits that take onWarning. */
const WARNING = new Set(['stratifiedGroupKFold', 'repeatedStratifiedKFold']);

function split(recorded: Recorded, warnings: string[]): Fold[] {
  const onWarning = WARNING.has(recorded.split) && {
    onWarning: (each: Error) => warnings.push(each.message),
  };
  const given = [
    ...(recorded.n === undefined ? [] : [recorded.n]),
    ...(recorded.y === undefined ? [] : [labels[recorded.y]]),
    ...(recorded.groups === undefined ? [] : [groups[recorded.groups]]),
  ];
  return splits[recorded.split](...given, { ...recorded.options, ...onWarning });
}

const name = ({ split, n, y, groups: by, options }: Recorded) =>
  `${split} of ${[n, y, by].filter((each) => each !== undefined).join(', ')} ${JSON.stringify(options)}`;

describe('splits equal scikit-learn', () => {
  test.each(folds.map((each) => [name(each), each] as const))('%s', (_name, recorded) => {
    const warnings: string[] = [];
    if (recorded.split === 'leaveOneOut') return expectLeaveOneOut(recorded);
    if (recorded.error) {
      expect(() => split(recorded, warnings)).toThrow(LamellaError);
      return;
    }
    const rows = recorded.n ?? (labels[recorded.y!] ?? groups[recorded.groups!]).length;
    const made = split(recorded, warnings);
    expect(made.map(({ test: tested }) => [...tested])).toEqual(recorded.test);
    made.forEach(({ train, test: tested }, i) => {
      const held = new Set(tested);
      const rest = Array.from({ length: rows }, (_, row) => row).filter((row) => !held.has(row));
      expect([...train]).toEqual(recorded.train?.[i] ?? rest);
    });
    expect(warnings.length > 0).toBe(recorded.warnings ?? false);
  });
});

function expectLeaveOneOut({ n, error, test: tested }: Recorded): void {
  if (error) expect(() => repeatedFolds.leaveOneOut(n)).toThrow(LamellaError);
  else expect(repeatedFolds.leaveOneOut(n).map((fold) => [...fold.test])).toEqual(tested);
}

describe('splits', () => {
  test('count the rows of anything that has rows', () => {
    const rows = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    expect(repeatedFolds.leaveOneOut(rows)).toEqual(repeatedFolds.leaveOneOut(3));
    expect(repeatedFolds.timeSeriesSplit(rows, { nSplits: 2 })).toEqual(
      repeatedFolds.timeSeriesSplit(3, { nSplits: 2 }),
    );
  });

  test('go on with the generator that they are given', () => {
    const random = new RandomState(8);
    const first = repeatedFolds.shuffleSplit(30, { nSplits: 2, randomState: random });
    const second = repeatedFolds.shuffleSplit(30, { nSplits: 2, randomState: random });
    const all = repeatedFolds.shuffleSplit(30, { nSplits: 4, randomState: 8 });
    expect([...first, ...second]).toEqual(all);
  });

  test('sort groups of adversarial sizes in reasonable depth', () => {
    const sizes = Array.from({ length: 3000 }, (_, i) => 1 + (i % 2 ? i % 7 : 3));
    const rows = sizes.flatMap((size, group) => Array<number>(size).fill(group));
    const parts = groupFolds.groupKFold(rows, { nSplits: 3 });
    const tested = parts.map(({ test: part }) => part.length);
    expect(Math.max(...tested) - Math.min(...tested)).toBeLessThanOrEqual(1);
  });
});

describe('splits refuse', () => {
  const many = '10000000 row numbers in all, but would have';
  test.each<[string, () => unknown, string]>([
    [
      'leaveOneOut of many rows',
      () => repeatedFolds.leaveOneOut(3163),
      `${many} 10004569; take fewer rows or splits.`,
    ],
    ['timeSeriesSplit of many rows', () => repeatedFolds.timeSeriesSplit(1e7), `${many} 33333340`],
    [
      'timeSeriesSplit into many',
      () => repeatedFolds.timeSeriesSplit(1e9, { nSplits: 2e7 }),
      `${many} 20000000`,
    ],
    [
      'repetitions of many rows',
      () => repeatedFolds.repeatedKFold(1e5, { nRepeats: 21 }),
      `repeatedKFold: the folds must have at most ${many} 10500000`,
    ],
    [
      'shuffleSplit of many rows',
      () => repeatedFolds.shuffleSplit(1e8, { testSize: 1, trainSize: 1 }),
      `${many} 100000000`,
    ],
    [
      'shuffleSplit into many',
      () => repeatedFolds.shuffleSplit(100, { nSplits: 1e9 }),
      `${many} 100000000000`,
    ],
    [
      'groups of many rows',
      () =>
        groupFolds.groupKFold(
          Uint8Array.from({ length: 2e6 }, (_, i) => i % 9),
          { nSplits: 6 },
        ),
      `groupKFold: the folds must have at most ${many} 12000000`,
    ],
    [
      'a count that is none',
      () => repeatedFolds.leaveOneOut(2.5),
      'leaveOneOut: rows must be an integer >= 0, but received 2.5.',
    ],
    [
      'one row',
      () => repeatedFolds.leaveOneOut(['a']),
      'leaveOneOut: rows must be at least 2, but received 1.',
    ],
    [
      'no row to train on',
      () => repeatedFolds.timeSeriesSplit(10, { nSplits: 3, testSize: 3, gap: 1 }),
      'timeSeriesSplit: nSplits, testSize and gap must leave at least 1 of the 10 rows to train on, but received 3, 3 and 1.',
    ],
    [
      'a gap below 0',
      () => repeatedFolds.timeSeriesSplit(10, { gap: -1 }),
      'timeSeriesSplit: gap must be an integer >= 0, but received -1.',
    ],
    [
      'more parts than groups',
      () => groupFolds.groupKFold([1, 1, 2, 2], { nSplits: 3 }),
      'groupKFold: nSplits must be at most the number of groups, 2, but received 3.',
    ],
    [
      'groups of other rows',
      () => groupFolds.stratifiedGroupKFold([0, 1, 0, 1], [1, 2], { nSplits: 2 }),
      'stratifiedGroupKFold: groups must have one entry for each of the 4 labels of y, but has 2.',
    ],
    [
      'a seed without shuffle',
      () => groupFolds.groupKFold([1, 2], { nSplits: 2, randomState: 1 }),
      'groupKFold: randomState must be omitted without shuffle: true, but was given.',
    ],
    [
      'NaN as a group',
      () => groupFolds.groupKFold([1, NaN], { nSplits: 2 }),
      'groups must hold labels of one type (finite numbers), but received NaN at index 1.',
    ],
    [
      'more parts than rows',
      () => repeatedFolds.repeatedKFold(4),
      'repeatedKFold: nSplits must be at most the number of rows, 4, but received 5.',
    ],
    [
      'more parts than rows of a class',
      () => repeatedFolds.repeatedStratifiedKFold([0, 1]),
      'repeatedStratifiedKFold: nSplits must be at most the number of rows of the largest class, 1, but received 5.',
    ],
    [
      'a class of one row',
      () => repeatedFolds.stratifiedShuffleSplit([0, 0, 0, 0, 1], { testSize: 2 }),
      'A stratified split needs at least 2 rows of every class, but class 1 has 1.',
    ],
    [
      'unknown options',
      () => repeatedFolds.shuffleSplit(10, { shuffle: true } as object),
      "shuffleSplit: 'shuffle' is not an option",
    ],
  ])('%s', (_what, call, sentence) => {
    expect(call).toThrow(LamellaError);
    expect(call).toThrow(sentence);
  });
});
