import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { dropoutMask } from '../helpers/random.js';
import type { Image, ReferenceLayer } from '../helpers/reference.js';
import { globalAverage, globalMax, spatialDropout, zeroPadding } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import type { PlacedMatrix } from '../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const ROWS = 3;

/** Channels below, at and beyond vectors; images of one pixel, of one line, of odd sides. */
const IMAGES: Image[] = [1, 2, 3, 4, 5, 7, 8, 9, 13, 17].flatMap((channels): Image[] => [
  [1, 1, channels],
  [1, 5, channels],
  [5, 3, channels],
]);

const sizeOf = ([height, width, channels]: Image): number => height * width * channels;

/** Values of which many are equal, and some negative. */
function ties(seed: number, length: number): Float32Array<ArrayBuffer> {
  return new Seeded(seed).floats(length).map((value) => Math.round(2 * value) / 2 + 0);
}

/** Kernels between a matrix of images and one of outputs: forward and back. */
function through(
  memory: GuardedMemory,
  layer: ReferenceLayer,
  [inputs, outputs]: readonly [number, number],
  kernels: {
    forward: (y: PlacedMatrix, x: PlacedMatrix, rows: number) => void;
    backward: (dx: PlacedMatrix, delta: PlacedMatrix, x: PlacedMatrix, y: PlacedMatrix) => void;
  },
  what: string,
  exact: boolean,
): void {
  memory.reset();
  const values = ties(inputs, ROWS * inputs);
  const gradient = new Seeded(outputs).floats(ROWS * outputs);
  const x = memory.matrix({ rows: ROWS, columns: inputs }, values);
  const y = memory.matrix({ rows: ROWS, columns: outputs, gap: 7 });
  const delta = memory.matrix({ rows: ROWS, columns: outputs, gap: 5 }, gradient);
  const dx = memory.matrix({ rows: ROWS, columns: inputs, gap: 1 });
  kernels.forward(y, x, ROWS);
  kernels.backward(dx, delta, x, y);
  memory.expectGuards(what);
  const expected = layer.forward(Float64Array.from(values), ROWS);
  const { input } = layer.backward(Float64Array.from(gradient));
  if (exact) expectSameBits(y.get(), Float32Array.from(expected), `outputs, ${what}`);
  else expectClose(y.get(), expected, `outputs, ${what}`, { terms: inputs / outputs, size: 1 });
  expectClose(dx.get(), input, `gradient, ${what}`, { size: 1 });
}

const places = (...matrices: PlacedMatrix[]): number[] =>
  matrices.flatMap(({ offset, stride }) => [offset, stride]);

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const memory = new GuardedMemory(variant);

  test('padImages puts zeros around images, and cropImages takes their part of the gradient', () => {
    const paddings = [
      [[0, 0] as const, [0, 0] as const],
      [[1, 1] as const, [1, 1] as const],
      [[0, 3] as const, [2, 0] as const],
      [[4, 0] as const, [0, 5] as const],
    ];
    for (const image of IMAGES) {
      for (const padding of paddings) {
        const [height, width, channels] = image;
        const [tall, wide] = padding;
        const padded: Image = [tall[0] + height + tall[1], wide[0] + width + wide[1], channels];
        const line = 4 * width * channels;
        const margins = [...tall, 4 * channels * wide[0], 4 * channels * wide[1]];
        const pitch = 4 * channels * padded[1];
        const first = tall[0] * pitch + 4 * channels * wide[0];
        through(
          memory,
          zeroPadding(image, padding),
          [sizeOf(image), sizeOf(padded)],
          {
            forward: (y, x) => memory.kernels.padImages(...places(y, x), ROWS, height, line, ...margins),
            backward: (dx, delta) =>
              memory.kernels.cropImages(...places(dx, delta), ROWS, height, line, first, pitch),
          },
          `${image.join('x')} in ${JSON.stringify(padding)}`,
          true,
        );
      }
    }
  });

  test('globalAverage and globalMax have the float64 outputs and gradients, equal pixels sharing theirs', () => {
    for (const image of IMAGES) {
      const [height, width, channels] = image;
      const sizes = [height * width, channels];
      const { kernels } = memory;
      through(
        memory,
        globalAverage(image),
        [sizeOf(image), channels],
        {
          forward: (y, x) => kernels.globalAverage(...places(y, x), ROWS, ...sizes),
          backward: (dx, delta) => kernels.globalAverageBackward(...places(dx, delta), ROWS, ...sizes),
        },
        `average of ${image.join('x')}`,
        false,
      );
      through(
        memory,
        globalMax(image),
        [sizeOf(image), channels],
        {
          forward: (y, x) => kernels.globalMax(...places(y, x), ROWS, ...sizes),
          backward: (dx, delta, x, y) =>
            kernels.globalMaxBackward(...places(dx, delta, x, y), ROWS, ...sizes),
        },
        `largest of ${image.join('x')}`,
        true,
      );
    }
  });

  test('spatialDropout keeps the channels that dropout would keep in a row of channels', () => {
    const key = 0xabcdef01;
    for (const image of IMAGES) {
      const [height, width, channels] = image;
      const mask = dropoutMask(key, ROWS, channels, 0.4);
      const drop = (to: PlacedMatrix, from: PlacedMatrix): void => {
        const keys = memory.put(Int32Array.of(key, 0)).offset;
        const drawn = [keys, Math.floor(0.4 * 65536 + 0.5), Math.fround(1 / 0.6)];
        memory.kernels.spatialDropout(...places(to, from), height * width, channels, ...drawn, 0, ROWS);
      };
      through(
        memory,
        spatialDropout(image, 0.4, () => mask),
        [sizeOf(image), sizeOf(image)],
        { forward: (y, x) => drop(y, x), backward: (dx, delta) => drop(dx, delta) },
        image.join('x'),
        false,
      );
    }
  });

  test('spatialDropout draws the same for an image whatever images come with it', () => {
    const [pixels, channels] = [6, 9];
    const draw = (rows: number, firstRow: number, begin: number): Float32Array => {
      memory.reset();
      const columns = pixels * channels;
      const x = memory.matrix({ rows, columns }, new Float32Array(rows * columns).fill(1));
      const y = memory.matrix({ rows, columns }, new Float32Array(rows * columns));
      const keys = memory.put(Int32Array.of(5, firstRow)).offset;
      memory.kernels.spatialDropout(...places(y, x), pixels, channels, keys, 32768, 2, begin, rows);
      memory.expectGuards('spatialDropout');
      return y.get().subarray(begin * columns);
    };
    const all = draw(9, 0, 0);
    expect(new Set(all)).toEqual(new Set([0, 2]));
    expectSameBits(draw(4, 5, 0), all.subarray(5 * pixels * channels), 'rows from 5 on');
    expectSameBits(draw(9, 0, 4), all.subarray(4 * pixels * channels), 'a range of rows');
  });
});
