import { addresses, dispatcher, HEIGHTS, lane, products, rows, tallOnly, vectors } from './template.mjs';

/**
 * y[n][8] = max(low, init + x[n][k] · panel[k][8]) for `tiles` tiles of n rows, one below the other; strides
 * and k in bytes of one float column each. With two panels, `panelStride` apart, y and init are 16 wide.
 */
export function forward(n, panels = 1) {
  const each = vectors(panels);
  const load = (r, j) => `${lane(r, j)} = v128.load(init + ${r} * initStride, ${16 * j})`;
  return `
export function forward${n}x${8 * panels}(
  y: usize, yStride: usize, x: usize, xStride: usize, panel: usize, ${panels > 1 ? 'panelStride: usize, ' : ''}depth: usize,
  init: usize, initStride: usize, tiles: usize, low: f32,
): void {
${tallOnly(n)}  const end = depth << 2;
  for (; tiles > 0; tiles--) {
${rows(n, (r) => `    let ${each.map((j) => load(r, j)).join(', ')};`)}
${rows(n, (r) => `    const x${r} = x + ${r} * xStride;`)}
    let w = panel;
${panels > 1 ? '    let next = panel + panelStride;\n' : ''}    let a: v128;
    for (let i: usize = 0; i < end; i += 4) {
      const ${each.map((j) => `b${j} = v128.load(${j < 2 ? 'w' : 'next'}, ${16 * (j % 2)})`).join(', ')};
${rows(n, (r) => `      a = v128.load32_splat(x${r} + i);\n${products(r, panels)}`)}
      w += 32;
${panels > 1 ? '      next += 32;\n' : ''}    }
    const limit = f32x4.splat(low);
${rows(n, (r) => each.map((j) => `    v128.store(y + ${r} * yStride, clamp(${lane(r, j)}, limit), ${16 * j});`).join('\n'))}
    x += ${n} * xStride;
    y += ${n} * yStride;
    init += ${n} * initStride;
  }
}`;
}

/** One or two rows use several panels at once, so that enough chains keep the multipliers busy. */
const STRIPS = { 1: [1, 2, 3, 4, 5, 6], 2: [1, 2, 3] };

/** y[n][8p] = max(low, bias + x[n][k] · panels[…][k][8]), p panels that lie \`panelStride\` apart. */
function strip(n, p) {
  const each = vectors(p);
  const line = (f) => rows(n, (r) => each.map((j) => f(r, j, `s${r}_${j}`)).join('\n'));
  return `
export function forwardStrip${n}x${8 * p}(
  y: usize, yStride: usize, x: usize, xStride: usize, panel: usize, panelStride: usize, depth: usize, bias: usize, low: f32,
): void {
${rows(p, (i) => `  let w${i} = panel + ${i} * panelStride;`)}
${line((r, j, s) => `  let ${s} = v128.load(bias, ${16 * j});`)}
  for (const end = x + (depth << 2); x < end; x += 4) {
${rows(n, (r) => `    const a${r} = v128.load32_splat(x + ${r} * xStride);`)}
${rows(p, (i) => {
  const half = (h) =>
    rows(n, (r) => `    s${r}_${2 * i + h} = fma(a${r}, b${2 * i + h}, s${r}_${2 * i + h});`);
  const load = (h) => `    const b${2 * i + h} = v128.load(w${i}, ${16 * h});`;
  return [load(0), half(0), load(1), half(1), `    w${i} += 32;`].join('\n');
})}
  }
  const limit = f32x4.splat(low);
${line((r, j, s) => `  v128.store(y + ${r} * yStride, clamp(${s}, limit), ${16 * j});`)}
}`;
}

const stripDispatcher = (n) => `
/** Calls forwardStrip${n}x<8 · panels>. */
export function forwardStrip${n}(
  panels: i32, y: usize, yStride: usize, x: usize, xStride: usize, panel: usize, panelStride: usize, depth: usize, bias: usize, low: f32,
): void {
  switch (panels) {
${STRIPS[n].map((p) => `    case ${p}: forwardStrip${n}x${8 * p}(y, yStride, x, xStride, panel, panelStride, depth, bias, low); break;`).join('\n')}
  }
}`;

export default () => [
  "import { clamp, fma } from '../simd';",
  ...HEIGHTS.map((n) => forward(n)),
  ...[1, 2].flatMap((n) => [...STRIPS[n].map((p) => strip(n, p)), stripDispatcher(n)]),
  dispatcher('forwardTile', 'forward', [
    ...addresses('y yStride x xStride panel depth init initStride tiles'),
    ['low', 'f32'],
  ]),
];
