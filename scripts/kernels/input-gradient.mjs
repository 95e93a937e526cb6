import {
  addresses,
  declareZero,
  dispatcher,
  HEIGHTS,
  lane,
  products,
  rows,
  tallOnly,
  vectors,
} from './template.mjs';

/**
 * out[n][8] = Σ over units of w[k][unit] · deltaT[unit][8]: n rows of the weight panels, 8 rows of the batch;
 * or 4, the first of a block; or 16, in two blocks of deltaT.
 */
export function inputGradient(n, columns = 8) {
  const blocks = columns / 8;
  const each = vectors(blocks);
  return `
export function inputGradient${n}x${columns}(
  out: usize, outStride: usize, w: usize, panelStride: usize, deltaT: usize, units: usize,
): void {
${tallOnly(n)}${declareZero(n, blocks)}
${blocks > 1 ? '  let next = deltaT + (units << 5);\n' : ''}  let a: v128;
  while (units > 0) {
    const last = w + (min<usize>(units, 8) << 2);
    for (let p = w; p < last; p += 4) {
      const ${each.map((j) => `b${j} = v128.load(${j < 2 ? 'deltaT' : 'next'}, ${16 * (j % 2)})`).join(', ')};
${rows(n, (r) => `    a = v128.load32_splat(p, ${32 * r});\n${products(r, blocks)}`)}
      deltaT += 32;
${blocks > 1 ? '      next += 32;\n' : ''}    }
    w += panelStride;
    units -= min<usize>(units, 8);
  }
${rows(n, (r) => each.map((j) => `  v128.store(out + ${r} * outStride, ${lane(r, j)}, ${16 * j});`).join('\n'))}
}`;
}

export const PARAMETERS = addresses('out outStride w panelStride deltaT units');

export default () => [
  "import { fma } from '../simd';",
  ...HEIGHTS.map((n) => inputGradient(n)),
  ...HEIGHTS.map((n) => inputGradient(n, 4)),
  dispatcher('inputGradientTile', 'inputGradient', PARAMETERS),
  dispatcher('inputGradientHalf', 'inputGradient', PARAMETERS, 'x4'),
];
