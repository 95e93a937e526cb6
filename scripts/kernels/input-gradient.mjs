import { addresses, declareZero, dispatcher, HEIGHTS, rows } from './template.mjs';

/** out[n][8] = Σ over units of w[k][unit] · deltaT[unit][8]: n rows of the weight panels, 8 rows of the batch. */
function inputGradient(n) {
  return `
export function inputGradient${n}x8(
  out: usize, outStride: usize, w: usize, panelStride: usize, deltaT: usize, units: usize,
): void {
${declareZero(n)}
  let a: v128;
  while (units > 0) {
    const last = w + (min<usize>(units, 8) << 2);
    for (let p = w; p < last; p += 4) {
      const b0 = v128.load(deltaT), b1 = v128.load(deltaT, 16);
${rows(
  n,
  (r) => `      a = v128.load32_splat(p, ${32 * r});
      s${r} = fma(a, b0, s${r});
      t${r} = fma(a, b1, t${r});`,
)}
      deltaT += 32;
    }
    w += panelStride;
    units -= min<usize>(units, 8);
  }
${rows(
  n,
  (r) => `  v128.store(out + ${r} * outStride, s${r});
  v128.store(out + ${r} * outStride, t${r}, 16);`,
)}
}`;
}

export default () => [
  "import { fma } from '../simd';",
  ...HEIGHTS.map(inputGradient),
  dispatcher('inputGradientTile', 'inputGradient', addresses('out outStride w panelStride deltaT units')),
];
