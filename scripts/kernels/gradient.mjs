import { addresses, dispatcher, HEIGHTS, lane, products, rows, tallOnly, vectors } from './template.mjs';

/** The address of vector j of row r: two vectors per panel. */
const place = (r, j) => `${j < 2 ? 'g' : 'next'}, ${32 * r + 16 * (j % 2)}`;

/**
 * g[n][8] += (or =, when \`fresh\`) xᵀ · delta, summed over \`count\` rows: x[row][0..n) ⊗ delta[row][0..8).
 * With two panels, \`panelStride\` apart, delta is 16 wide. A branch on \`fresh\` would hide neighbouring
 * vectors from V8.
 */
export function gradientStore(n, panels = 1) {
  const each = vectors(panels);
  const start = (r, j) => `  let ${lane(r, j)} = v128.and(v128.load(${place(r, j)}), keep);`;
  const store = (r, j) => `  v128.store(${place(r, j).replace(',', `, ${lane(r, j)},`)});`;
  return `
export function gradientStore${n}x${8 * panels}(
  g: usize, ${panels > 1 ? 'panelStride: usize, ' : ''}x: usize, xStride: usize, delta: usize, deltaStride: usize, count: usize, fresh: bool,
): void {
${tallOnly(n)}  const keep = i32x4.splat(<i32>fresh - 1);
${panels > 1 ? '  const next = g + panelStride;\n' : ''}${rows(n, (r) => each.map((j) => start(r, j)).join('\n'))}
  let a: v128;
  for (; count > 0; count--) {
    const ${each.map((j) => `b${j} = v128.load(delta, ${16 * j})`).join(', ')};
${rows(n, (r) => `    a = v128.load32_splat(x, ${4 * r});\n${products(r, panels)}`)}
    x += xStride;
    delta += deltaStride;
  }
${rows(n, (r) => each.map((j) => store(r, j)).join('\n'))}
}`;
}

export default () => [
  "import { fma } from '../simd';",
  ...HEIGHTS.map((n) => gradientStore(n)),
  dispatcher('gradientStoreTile', 'gradientStore', [
    ...addresses('g x xStride delta deltaStride count'),
    ['fresh', 'bool'],
  ]),
];
