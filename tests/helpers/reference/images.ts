import type { ReferenceLayer, ReferencePenalty } from './layers.js';

type Pair = readonly [number, number];

export interface ReferenceWindow {
  /** Height, width and channels of an image. */
  readonly image: readonly [number, number, number];
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilation?: Pair;
  readonly padding: 'valid' | 'same';
}

/** Output pixels along an axis, and the first pixel of the first window. */
function along({ image, size, strides, dilation = [1, 1], padding }: ReferenceWindow, axis: 0 | 1) {
  const reach = (size[axis] - 1) * dilation[axis] + 1;
  if (padding === 'valid') return { count: Math.floor((image[axis] - reach) / strides[axis]) + 1, first: 0 };
  const count = Math.ceil(image[axis] / strides[axis]);
  const missing = Math.max(0, (count - 1) * strides[axis] + reach - image[axis]);
  return { count, first: -Math.floor(missing / 2) };
}

export function outputSize(window: ReferenceWindow): Pair {
  return [along(window, 0).count, along(window, 1).count];
}

/**
 * Pixels that a window covers: the number of the window, its position in the window, the pixel of the image.
 */
function covered(window: ReferenceWindow): { output: number; position: number; pixel: number }[] {
  const { image, size, strides, dilation = [1, 1] } = window;
  const [down, across] = [along(window, 0), along(window, 1)];
  const all: { output: number; position: number; pixel: number }[] = [];
  for (let i = 0; i < down.count; i++) {
    for (let j = 0; j < across.count; j++) {
      for (let a = 0; a < size[0]; a++) {
        for (let b = 0; b < size[1]; b++) {
          const y = i * strides[0] + down.first + a * dilation[0];
          const x = j * strides[1] + across.first + b * dilation[1];
          if (y < 0 || x < 0 || y >= image[0] || x >= image[1]) continue;
          all.push({ output: i * across.count + j, position: a * size[1] + b, pixel: y * image[1] + x });
        }
      }
    }
  }
  return all;
}

export interface ReferenceConvolution {
  readonly window: ReferenceWindow;
  readonly filters: number;
  readonly groups?: number;
  /** (height, width, channels / groups, filters) row-major. */
  readonly kernel: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** y[i, j, f] = bias[f] + Σ x[pixel, c] · kernel[position, c, f] over the window, c in the group of f. */
export function conv2d(
  { window, filters, groups = 1, kernel, bias }: ReferenceConvolution,
  penalties: Record<string, ReferencePenalty> = {},
): ReferenceLayer {
  const parameters = { kernel: Float64Array.from(kernel), bias: Float64Array.from(bias) };
  const [height, width] = outputSize(window);
  const channels = window.image[2];
  const inputs = channels / groups;
  const [taken, made] = [window.image[0] * window.image[1] * channels, height * width * filters];
  const places = covered(window);
  let x = new Float64Array(0);

  /** Calls `use` with the places of x, y and the kernel of every product. */
  function eachProduct(rows: number, use: (x: number, y: number, k: number) => void): void {
    for (let row = 0; row < rows; row++) {
      for (const { output, position, pixel } of places) {
        for (let f = 0; f < filters; f++) {
          const first = Math.floor(f / (filters / groups)) * inputs;
          for (let c = 0; c < inputs; c++) {
            use(
              row * taken + pixel * channels + first + c,
              row * made + output * filters + f,
              (position * inputs + c) * filters + f,
            );
          }
        }
      }
    }
  }

  return {
    parameters,
    penalties,
    forward(given, rows) {
      x = Float64Array.from(given);
      const y = Float64Array.from({ length: rows * made }, (_, i) => parameters.bias[i % filters]);
      eachProduct(rows, (i, j, k) => (y[j] += x[i] * parameters.kernel[k]));
      return y;
    },
    backward(gradient) {
      const input = new Float64Array(x.length);
      const sum = new Float64Array(parameters.kernel.length);
      const biasSum = new Float64Array(filters);
      eachProduct(x.length / taken, (i, j, k) => {
        input[i] += gradient[j] * parameters.kernel[k];
        sum[k] += gradient[j] * x[i];
      });
      gradient.forEach((value, i) => (biasSum[i % filters] += value));
      return { input, parameters: { kernel: sum, bias: biasSum } };
    },
  };
}

/** Maxima or means over windows; what a window lacks at the edges does not count. */
export function pooling(kind: 'max' | 'average', window: ReferenceWindow): ReferenceLayer {
  const [height, width] = outputSize(window);
  const channels = window.image[2];
  const [taken, made] = [window.image[0] * window.image[1] * channels, height * width * channels];
  const windows = Array.from({ length: height * width }, (_, output) =>
    covered(window).filter((place) => place.output === output),
  );
  let x = new Float64Array(0);

  /** Share of every pixel of a window in its output: the first maximum has all of it. */
  const shares = (row: number, output: number, c: number): { at: number; share: number }[] => {
    const at = windows[output].map(({ pixel }) => row * taken + pixel * channels + c);
    if (kind === 'average') return at.map((place) => ({ at: place, share: 1 / at.length }));
    return [{ at: at.reduce((best, place) => (x[place] > x[best] ? place : best)), share: 1 }];
  };

  const each = (rows: number, use: (y: number, at: number, share: number) => void): void => {
    for (let row = 0; row < rows; row++) {
      for (let output = 0; output < windows.length; output++) {
        for (let c = 0; c < channels; c++) {
          for (const { at, share } of shares(row, output, c))
            use(row * made + output * channels + c, at, share);
        }
      }
    }
  };

  return {
    parameters: {},
    forward(given, rows) {
      x = Float64Array.from(given);
      const y = new Float64Array(rows * made);
      each(rows, (i, at, share) => (y[i] += share * x[at]));
      return y;
    },
    backward(gradient) {
      const input = new Float64Array(x.length);
      each(x.length / taken, (i, at, share) => (input[at] += share * gradient[i]));
      return { input, parameters: {} };
    },
  };
}
