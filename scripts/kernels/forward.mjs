import { addresses, dispatcher, HEIGHTS, lane, products, rows, vectors } from './template.mjs';

/**
 * y[n][8] = max(low, init + x[n][k] · panel[k][8]); strides and k in bytes of one float column each. With two panels,
 * `panelStride` apart, y and init are 16 wide.
 */
export function forward(n, panels = 1) {
  const each = vectors(panels);
  const load = (r, j) => `${lane(r, j)} = v128.load(init + ${r} * initStride, ${16 * j})`;
  return `
export function forward${n}x${8 * panels}(
  y: usize, yStride: usize, x: usize, xStride: usize, panel: usize, ${panels > 1 ? 'panelStride: usize, ' : ''}depth: usize,
  init: usize, initStride: usize, low: f32,
): void {
${rows(n, (r) => `  let ${each.map((j) => load(r, j)).join(', ')};`)}
${rows(n, (r) => `  const x${r} = x + ${r} * xStride;`)}
${panels > 1 ? '  let next = panel + panelStride;\n' : ''}  const end = depth << 2;
  let a: v128;
  for (let i: usize = 0; i < end; i += 4) {
    const ${each.map((j) => `b${j} = v128.load(${j < 2 ? 'panel' : 'next'}, ${16 * (j % 2)})`).join(', ')};
${rows(n, (r) => `    a = v128.load32_splat(x${r} + i);\n${products(r, panels)}`)}
    panel += 32;
${panels > 1 ? '    next += 32;\n' : ''}  }
  const limit = f32x4.splat(low);
${rows(n, (r) => each.map((j) => `  v128.store(y + ${r} * yStride, clamp(${lane(r, j)}, limit), ${16 * j});`).join('\n'))}
}`;
}

export default () => [
  "import { clamp, fma } from '../simd';",
  ...HEIGHTS.map((n) => forward(n)),
  dispatcher('forwardTile', 'forward', [
    ...addresses('y yStride x xStride panel depth init initStride'),
    ['low', 'f32'],
  ]),
];
