import type { ReferenceLayer } from './layers.js';

/** The shape of an image: height, width, channels. */
export type Image = readonly [height: number, width: number, channels: number];

/** What a value of the output is made of: values of the input and their weights; what it has beside them. */
interface Mix {
  readonly terms: readonly (readonly [from: number, weight: number])[];
  readonly constant?: number;
}

/**
 * A linear layer without parameters, given by what every output of a row is made of; its gradient is the
 * transpose.
 */
function linear(inputs: number, outputs: number, mix: (row: number, output: number) => Mix): ReferenceLayer {
  let mixes: Mix[] = [];
  return {
    parameters: {},
    forward(x, rows) {
      mixes = Array.from({ length: rows * outputs }, (_, i) => mix(Math.floor(i / outputs), i % outputs));
      return Float64Array.from(mixes, ({ terms, constant = 0 }, i) => {
        const row = Math.floor(i / outputs);
        return terms.reduce((sum, [from, weight]) => sum + weight * x[row * inputs + from], constant);
      });
    },
    backward(gradient) {
      const input = new Float64Array((gradient.length / outputs) * inputs);
      mixes.forEach(({ terms }, i) => {
        const row = Math.floor(i / outputs);
        for (const [from, weight] of terms) input[row * inputs + from] += weight * gradient[i];
      });
      return { input, parameters: {} };
    },
  };
}

const sizeOf = ([height, width, channels]: Image): number => height * width * channels;

/** [row, column, channel] of a value. */
function place([, width, channels]: Image, i: number): [number, number, number] {
  return [Math.floor(i / (width * channels)), Math.floor(i / channels) % width, i % channels];
}

/** Zeros around an image: [top, bottom], [left, right]. */
export function zeroPadding(
  image: Image,
  [[top, bottom], [left, right]]: readonly (readonly [number, number])[],
): ReferenceLayer {
  const [height, width, channels] = image;
  const padded: Image = [top + height + bottom, left + width + right, channels];
  return linear(sizeOf(image), sizeOf(padded), (_row, output) => {
    const [row, column, channel] = place(padded, output);
    const [r, c] = [row - top, column - left];
    const within = r >= 0 && r < height && c >= 0 && c < width;
    return { terms: within ? [[(r * width + c) * channels + channel, 1]] : [] };
  });
}

/** The mean of all pixels by channels. */
export function globalAverage(image: Image): ReferenceLayer {
  const [height, width, channels] = image;
  const pixels = Array.from({ length: height * width }, (_, i) => i);
  return linear(sizeOf(image), channels, (_row, channel) => ({
    terms: pixels.map((i) => [i * channels + channel, 1 / pixels.length] as const),
  }));
}

/** The largest of all pixels by channels; equal ones share the gradient. */
export function globalMax(image: Image): ReferenceLayer {
  const [height, width, channels] = image;
  const size = sizeOf(image);
  let x = new Float64Array(0);
  const values = (row: number, channel: number): number[] =>
    Array.from({ length: height * width }, (_, i) => x[row * size + i * channels + channel]);
  return {
    parameters: {},
    forward(given, rows) {
      x = Float64Array.from(given);
      return Float64Array.from({ length: rows * channels }, (_, i) =>
        Math.max(...values(Math.floor(i / channels), i % channels)),
      );
    },
    backward(gradient) {
      const input = new Float64Array(x.length);
      gradient.forEach((g, i) => {
        const [row, channel] = [Math.floor(i / channels), i % channels];
        const all = values(row, channel);
        const most = Math.max(...all);
        const count = all.filter((value) => value === most).length;
        all.forEach((value, pixel) => {
          if (value === most) input[row * size + pixel * channels + channel] = g / count;
        });
      });
      return { input, parameters: {} };
    },
  };
}

/** Dropout of whole channels; `mask` has a 0 or 1 per row and channel, another one for every forward pass. */
export function spatialDropout(
  image: Image,
  rate: number,
  mask: (rows: number) => ArrayLike<number>,
): ReferenceLayer {
  let kept: ArrayLike<number> = [];
  const size = sizeOf(image);
  const channels = image[2];
  const made = linear(size, size, (row, i) => ({
    terms: [[i, kept[row * channels + (i % channels)] / (1 - rate)]],
  }));
  return {
    ...made,
    forward(x, rows) {
      kept = mask(rows);
      return made.forward(x, rows);
    },
  };
}

/**
 * {a, b, c, d, e, f}: output (column, row) comes from column a·column + b·row + c, row d·column + e·row + f.
 */
export type AffineMap = readonly [number, number, number, number, number, number];

/** How images are sampled. */
export interface Sampling {
  readonly fillMode: 'constant' | 'nearest' | 'reflect' | 'wrap';
  readonly interpolation: 'nearest' | 'bilinear';
  readonly fillValue: number;
}

const OUTSIDE: Record<Sampling['fillMode'], (i: number, count: number) => number | undefined> = {
  constant: () => undefined,
  nearest: (i, count) => (i < 0 ? 0 : count - 1),
  reflect(i, count) {
    while (i < 0 || i >= count) i = i < 0 ? -1 - i : 2 * count - 1 - i;
    return i;
  },
  wrap(i, count) {
    while (i < 0) i += count;
    return i % count;
  },
};

/** Images through affine maps, one per row; `maps` is asked at every forward pass. */
export function sampling(
  image: Image,
  { fillMode, interpolation, fillValue }: Sampling,
  maps: (rows: number) => readonly AffineMap[],
): ReferenceLayer {
  const [height, width, channels] = image;
  let used: readonly AffineMap[] = [];
  const inside = (i: number, count: number): number | undefined =>
    i >= 0 && i < count ? i : OUTSIDE[fillMode](i, count);
  const made = linear(sizeOf(image), sizeOf(image), (index, output) => {
    const [a, b, c, d, e, f] = used[index];
    const [row, column, channel] = place(image, output);
    const terms: [number, number][] = [];
    let constant = 0;
    for (const [r, q, weight] of corners(d * column + e * row + f, a * column + b * row + c, interpolation)) {
      const [y, x] = [inside(r, height), inside(q, width)];
      if (y === undefined || x === undefined) constant += weight * fillValue;
      else terms.push([(y * width + x) * channels + channel, weight]);
    }
    return { terms, constant };
  });
  return {
    ...made,
    forward(x, rows) {
      used = maps(rows);
      return made.forward(x, rows);
    },
  };
}

/** The pixels that a place between them is read from: row, column, weight. */
function corners(y: number, x: number, interpolation: Sampling['interpolation']): [number, number, number][] {
  if (interpolation === 'nearest') {
    const round = (value: number): number => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
    return [[round(y), round(x), 1]];
  }
  const [top, left] = [Math.floor(y), Math.floor(x)];
  return [0, 1].flatMap((down) =>
    [0, 1].map((right): [number, number, number] => {
      const weight = (down ? y - top : 1 - y + top) * (right ? x - left : 1 - x + left);
      return [top + down, left + right, weight];
    }),
  );
}
