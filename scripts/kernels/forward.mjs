import { addresses, dispatcher, HEIGHTS, rows } from './template.mjs';

/** Multiply-add of one splat per row with two vectors `b0 b1`; `address(r)` yields the splat's load. */
const products = (n, address) =>
  rows(
    n,
    (r) => `    a = v128.load32_splat(${address(r)});
    s${r} = fma(a, b0, s${r});
    t${r} = fma(a, b1, t${r});`,
  );

/** y[n][8] = max(low, init + x[n][k] · panel[k][8]); strides and k in bytes of one float column each. */
function forward(n) {
  return `
export function forward${n}x8(
  y: usize, yStride: usize, x: usize, xStride: usize, panel: usize, depth: usize,
  init: usize, initStride: usize, low: f32,
): void {
${rows(n, (r) => `  let s${r} = v128.load(init + ${r} * initStride), t${r} = v128.load(init + ${r} * initStride, 16);`)}
${rows(n, (r) => `  const x${r} = x + ${r} * xStride;`)}
  const end = depth << 2;
  let a: v128;
  for (let i: usize = 0; i < end; i += 4) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
${products(n, (r) => `x${r} + i`)}
    panel += 32;
  }
  const limit = f32x4.splat(low);
${rows(
  n,
  (r) => `  v128.store(y + ${r} * yStride, clamp(s${r}, limit));
  v128.store(y + ${r} * yStride, clamp(t${r}, limit), 16);`,
)}
}`;
}

export default () => [
  "import { clamp, fma } from '../simd';",
  ...HEIGHTS.map(forward),
  dispatcher('forwardTile', 'forward', [
    ...addresses('y yStride x xStride panel depth init initStride'),
    ['low', 'f32'],
  ]),
];
