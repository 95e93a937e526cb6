import { addresses, declareZero, dispatcher, HEIGHTS, rows } from './template.mjs';

/** Loop of the weight gradient: sum over \`count\` rows of x[row][0..n) ⊗ delta[row][0..8). */
const gradientLoop = (n) => `
  let a: v128;
  for (; count > 0; count--) {
    const b0 = v128.load(delta), b1 = v128.load(delta, 16);
${rows(
  n,
  (r) => `    a = v128.load32_splat(x, ${4 * r});
    s${r} = fma(a, b0, s${r});
    t${r} = fma(a, b1, t${r});`,
)}
    x += xStride;
    delta += deltaStride;
  }`;

/** g[n][8] += (or =, when \`fresh\`) xᵀ · delta. */
function gradientStore(n) {
  return `
export function gradientStore${n}x8(
  g: usize, x: usize, xStride: usize, delta: usize, deltaStride: usize, count: usize, fresh: bool,
): void {
${declareZero(n)}
  if (!fresh) {
${rows(n, (r) => `    s${r} = v128.load(g, ${32 * r});\n    t${r} = v128.load(g, ${32 * r + 16});`)}
  }
${gradientLoop(n)}
${rows(n, (r) => `  v128.store(g, s${r}, ${32 * r});\n  v128.store(g, t${r}, ${32 * r + 16});`)}
}`;
}

export default () => [
  "import { fma } from '../simd';",
  ...HEIGHTS.map(gradientStore),
  dispatcher('gradientStoreTile', 'gradientStore', [
    ...addresses('g x xStride delta deltaStride count'),
    ['fresh', 'bool'],
  ]),
];
