import { describe, expect, test } from 'vitest';
import type { AugmentationSpec } from '../../src/layers/augmentation.js';
import { FILL_MODES, INTERPOLATIONS } from '../../src/layers/augmentation.js';
import { expectClose, expectSameBits, expectWithin } from '../helpers/allclose.js';
import { mapsOf } from '../helpers/augmentation.js';
import type { AffineMap, Image, Sampling } from '../helpers/reference.js';
import { sampling } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import type { KernelVariant } from '../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const IMAGES: Image[] = [
  [1, 1, 1],
  [5, 7, 1],
  [6, 4, 3],
  [4, 5, 4],
  [3, 4, 9],
];

const SAMPLINGS: Sampling[] = FILL_MODES.flatMap((fillMode) =>
  INTERPOLATIONS.map((interpolation) => ({ fillMode, interpolation, fillValue: 0.75 })),
);

/** Maps that stay, move by whole and by broken pixels, turn, shrink, and leave the image altogether. */
const MAPS: AffineMap[] = [
  [1, 0, 0, 0, 1, 0],
  [1, 0, -2, 0, 1, 1],
  [1, 0, 0.3, 0, 1, -1.7],
  [0.8, -0.6, 1.3, 0.6, 0.8, -0.4],
  [1.5, 0, -1.1, 0, 0.4, 1.2],
  [0, -1, 4, 1, 0, 0],
  [1, 0, 11.5, 0, 1, -13.5],
];

function sampled(variant: KernelVariant, image: Image, how: Sampling, maps: readonly AffineMap[]) {
  const memory = new GuardedMemory(variant);
  const rows = maps.length;
  const columns = image[0] * image[1] * image[2];
  const seeded = new Seeded(columns);
  const [values, gradient] = [seeded.floats(rows * columns), seeded.floats(rows * columns)];
  const x = memory.matrix({ rows, columns, gap: 3 }, values);
  const y = memory.matrix({ rows, columns, gap: 5 });
  const delta = memory.matrix({ rows, columns }, gradient);
  const dx = memory.matrix({ rows, columns, gap: 1 });
  const at = memory.put(Float64Array.from(maps.flat())).offset;
  const sizes = [
    at,
    rows,
    ...image,
    FILL_MODES.indexOf(how.fillMode),
    INTERPOLATIONS.indexOf(how.interpolation),
  ];
  memory.kernels.sampleImages(y.offset, y.stride, x.offset, x.stride, ...sizes, how.fillValue);
  memory.kernels.sampleImagesBackward(dx.offset, dx.stride, delta.offset, delta.stride, ...sizes);
  memory.expectGuards(`${image.join('x')}, ${how.fillMode}`);
  return { values, gradient, y: y.get(), dx: dx.get() };
}

/** The maps that a kernel draws for rows from `firstRow` on. */
function drawn(variant: KernelVariant, spec: AugmentationSpec, image: Image, rows: number, firstRow = 0) {
  const memory = new GuardedMemory(variant);
  const maps = memory.doubles(6 * rows);
  const keys = memory.put(Int32Array.of(KEY, firstRow)).offset;
  const head = [maps.offset, keys, rows, image[0], image[1]];
  const { kernels } = memory;
  if (spec.type === 'randomRotation') kernels.drawRotations(...head, ...spec.factor);
  else {
    const spans = [...spec.height, ...(spec.width ?? [0, 0])];
    if (spec.type === 'randomTranslation') kernels.drawTranslations(...head, ...spans);
    else kernels.drawZooms(...head, ...spans, spec.width ? 0 : 1);
  }
  memory.expectGuards(spec.type);
  return maps.get();
}

const KEY = 0x1234567;
const HOW = { fillMode: 'reflect', interpolation: 'bilinear', fillValue: 0 } as const;
const SPECS: AugmentationSpec[] = [
  { type: 'randomTranslation', height: [-0.2, 0.3], width: [-1, 1], ...HOW },
  { type: 'randomRotation', factor: [-1, 1], ...HOW },
  { type: 'randomRotation', factor: [0.1, 0.1], ...HOW },
  { type: 'randomZoom', height: [-0.3, 0.4], width: [-1, 1], ...HOW },
  { type: 'randomZoom', height: [-0.3, 0.4], ...HOW },
];

describe.each(VARIANTS)('with %s kernels', (variant) => {
  test('images are sampled as in float64, and gradients take the same way back', () => {
    for (const image of IMAGES) {
      for (const how of SAMPLINGS) {
        const { values, gradient, y, dx } = sampled(variant, image, how, MAPS);
        const layer = sampling(image, how, () => MAPS);
        const what = `${image.join('x')}, ${how.fillMode}, ${how.interpolation}`;
        expectClose(y, layer.forward(Float64Array.from(values), MAPS.length), what, { units: 8, size: 1 });
        const { input } = layer.backward(Float64Array.from(gradient));
        expectClose(dx, input, `gradient, ${what}`, { units: 8, size: 4, terms: 16 });
      }
    }
  });

  test('a map that moves nothing keeps every bit', () => {
    for (const how of SAMPLINGS) {
      const { values, gradient, y, dx } = sampled(variant, [5, 6, 3], how, [MAPS[0], MAPS[0]]);
      expectSameBits(y, values, how.fillMode);
      expectSameBits(dx, gradient, `gradient, ${how.fillMode}`);
    }
  });

  test('maps are those that the generator in plain integers draws', () => {
    for (const spec of SPECS) {
      for (const image of [
        [1, 1, 1],
        [28, 28, 1],
        [5, 32, 3],
      ] as const) {
        const actual = drawn(variant, spec, image, 50);
        expectWithin(actual, mapsOf(spec, image, KEY, 50).flat(), 1e-14 * image[1], spec.type);
      }
    }
  });

  test('an image has the map that it has in any batch', () => {
    for (const spec of SPECS) {
      const all = drawn(variant, spec, [28, 20, 1], 9);
      expect(drawn(variant, spec, [28, 20, 1], 4, 5)).toEqual(all.slice(30));
      expect(new Set(all.filter((_, i) => i % 6 === 5)).size).toBe(
        spec.type === 'randomRotation' && spec.factor[0] === 0.1 ? 1 : 9,
      );
    }
  });
});
