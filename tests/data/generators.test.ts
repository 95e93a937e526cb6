import { describe, expect, test } from 'vitest';
import type { LabeledPoints } from '../../src/datasets.js';
import { makeBlobs, makeCircles, makeMoons, makeSpirals, makeXor } from '../../src/datasets.js';
import { ValueError } from '../../src/errors.js';
import { RandomState } from '../../src/random.js';

interface Expected {
  /** The first coordinates, row by row. */
  readonly start: number[];
  readonly classes: number[];
  /** Sums of coordinates and of classes, each times its position counted from 1. */
  readonly weighted: readonly [number, number];
}

function expectPoints({ x, y }: LabeledPoints, { start, classes, weighted }: Expected): void {
  start.forEach((value, i) => expect(x.data[i]).toBeCloseTo(value, 5));
  expect([...y.subarray(0, 12)]).toEqual(classes);
  expect(x.shape[0]).toBe(y.length);
  const sum = (values: ArrayLike<number>) =>
    Array.from(values).reduce((total, value, i) => total + value * (i + 1), 0);
  expect(sum(x.data)).toBeCloseTo(weighted[0], 1);
  expect(sum(y)).toBe(weighted[1]);
}

// Reference values: scikit-learn 1.2.1.
describe('equals scikit-learn:', () => {
  test('makeMoons', () => {
    expectPoints(makeMoons({ samples: 51, noise: 0.1, randomState: 3 }), {
      start: [0.1369769815, 0.9588402313, 1.371669344, -0.6349436825, 0.4458756849, 1.066929186],
      classes: [0, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0],
      weighted: [1826.68788, 634],
    });
    expectPoints(makeMoons({ samples: 50, shuffle: false }), {
      start: [1, 0, 0.9914448614, 0.1305261922, 0.9659258263, 0.2588190451],
      classes: Array<number>(12).fill(0),
      weighted: [2062.14742, 950],
    });
  });

  test('makeCircles', () => {
    expectPoints(makeCircles({ samples: 41, noise: 0.05, factor: 0.5, randomState: 7 }), {
      start: [-0.9704135135, 0.4104706054, 0.5855159508, -0.8815509293, -0.4707458267, 0.1025261145],
      classes: [0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1],
      weighted: [106.091534, 440],
    });
    expectPoints(makeCircles({ samples: 10, shuffle: false }), {
      start: [1, 0, 0.3090169944, 0.9510565163, -0.8090169944, 0.5877852523],
      classes: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
      weighted: [-21.3874373, 40],
    });
  });

  test('makeBlobs', () => {
    expectPoints(makeBlobs({ samples: 50, randomState: 1 }), {
      start: [-9.877553551, -3.336145438, -7.287210326, -8.353986174, -6.943060913, -7.023744197],
      classes: [1, 2, 2, 2, 2, 0, 0, 1, 0, 0, 2, 2],
      weighted: [-22188.7941, 1245],
    });
    const centers = [
      [0, 0, 0],
      [5, 5, 5],
    ];
    expectPoints(makeBlobs({ samples: 31, centers, clusterStd: [0.5, 2], randomState: 2 }), {
      start: [0.2509286034, -0.4221068519, 4.880735798e-6, 4.845562669, 6.649406011, 7.496425841],
      classes: [0, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0],
      weighted: [9270.73621, 219],
    });
    const options = {
      samples: 20,
      centers: 4,
      features: 3,
      centerBox: [0, 1],
      shuffle: false,
      randomState: 5,
    } as const;
    expectPoints(makeBlobs(options), {
      start: [-0.9707714413, 0.6658557956, -0.1521097917, 0.8254647737, -0.7940562233, -0.4934598824],
      classes: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2],
      weighted: [1110.9786, 440],
    });
  });
});

describe('makeXor', () => {
  test('gives class 1 where exactly one coordinate is positive', () => {
    const { x, y } = makeXor({ samples: 200, randomState: 1 });
    expect(x.shape).toEqual([200, 2]);
    for (let row = 0; row < 200; row++) {
      expect(y[row]).toBe(x.data[2 * row] * x.data[2 * row + 1] > 0 ? 0 : 1);
    }
    expect(y.reduce((sum, k) => sum + k, 0)).toBeGreaterThan(70);
    expect(Math.max(...x.data)).toBeLessThanOrEqual(1);
  });

  test('with noise, moves points but not their classes', () => {
    const still = makeXor({ samples: 20, randomState: 1 });
    const moved = makeXor({ samples: 20, randomState: 1, noise: 0.5 });
    expect(moved.y).toEqual(still.y);
    expect(moved.x.data).not.toEqual(still.x.data);
  });
});

describe('makeSpirals', () => {
  test('winds one arm per class around the origin', () => {
    const { x, y } = makeSpirals({ samples: 301, arms: 3, turns: 2, shuffle: false });
    expect([0, 1, 2].map((k) => y.filter((each) => each === k).length)).toEqual([101, 100, 100]);
    for (let row = 0; row < 301; row++) {
      const first = y.indexOf(y[row]);
      const radius = (row - first + 1) / (y[row] === 0 ? 101 : 100);
      const angle = 2 * Math.PI * (2 * radius + y[row] / 3);
      expect(x.data[2 * row]).toBeCloseTo(radius * Math.cos(angle), 6);
      expect(x.data[2 * row + 1]).toBeCloseTo(radius * Math.sin(angle), 6);
    }
  });
});

describe('all generators', () => {
  const generators = { makeMoons, makeCircles, makeBlobs, makeXor, makeSpirals };
  test.each(Object.entries(generators))(
    '%s: the same seed gives the same points, another other ones',
    (_name, make) => {
      expect(make({ randomState: 5 })).toEqual(make({ randomState: 5 }));
      expect(make({ randomState: 5 }).x.data).not.toEqual(make({ randomState: 6 }).x.data);
      expect(make({ randomState: new RandomState(5) })).toEqual(make({ randomState: 5 }));
      expect(make().y.length).toBe(100);
    },
  );

  test.each<[() => unknown, string]>([
    [() => makeMoons({ samples: 1 }), 'makeMoons: samples must be an integer >= 2, but received 1.'],
    [() => makeMoons({ samples: 2.5 }), 'makeMoons: samples must be an integer >= 1, but received 2.5.'],
    [() => makeMoons({ noise: -1 }), 'makeMoons: noise must be a number >= 0, but received -1.'],
    [() => makeMoons({ n: 5 } as never), "makeMoons: 'n' is not an option; the options are samples, noise,"],
    [() => makeCircles({ factor: 1 }), 'makeCircles: factor must be a number >= 0 and < 1, but received 1.'],
    [
      () => makeSpirals({ samples: 2, arms: 3 }),
      'makeSpirals: samples must be an integer >= 3, but received 2.',
    ],
    [() => makeSpirals({ turns: 0 }), 'makeSpirals: turns must be a number > 0, but received 0.'],
    [() => makeBlobs({ noise: 1 } as never), "makeBlobs: 'noise' is not an option"],
    [
      () => makeBlobs({ centers: 0 }),
      'makeBlobs: centers must be an integer >= 1 or an array of rows, but received 0.',
    ],
    [() => makeBlobs({ centerBox: [1, 0] }), 'low before high, but received [1, 0].'],
    [
      () => makeBlobs({ clusterStd: [1, 2] }),
      'makeBlobs: clusterStd must be one number or one for each of the 3 blobs, but received 2.',
    ],
  ])('%s is refused', (make, sentence) => {
    expect(make).toThrow(ValueError);
    expect(make).toThrow(sentence);
  });

  test('makeBlobs refuses centers that are no rows', () => {
    expect(() => makeBlobs({ centers: [1, 2] })).toThrow(
      'makeBlobs: centers must be (blobs, features), but received the shape (2).',
    );
  });
});
