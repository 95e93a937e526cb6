import { addresses, dispatcher, HEIGHTS, rows, title, updates } from './template.mjs';

const lanes = (n, line) => Array.from({ length: 2 * n }, (_, i) => line(i >> 1, i & 1, `s${i}`)).join('\n');
const zeroLanes = (n) => lanes(n, (_p, _h, s) => `    let ${s} = f32x4.splat(0);`);

/** Rows given as lists of {k · 32, value}: y[row][8n] = max(low, bias + Σ value · panels[…][k][8]), n panels at a time. */
function sparseForward(n) {
  return `
export function sparseForward${n}(
  y: usize, yStride: usize, starts: usize, rows: usize, w: usize, panelStride: usize, bias: usize, low: f32,
): void {
${rows(n, (r) => `  const w${r} = w + ${r} * panelStride;`)}
  for (; rows > 0; rows--) {
${lanes(n, (p, h, s) => `    let ${s} = v128.load(bias, ${32 * p + 16 * h});`)}
    const end: usize = load<u32>(starts, 4);
    for (let e: usize = load<u32>(starts); e < end; e += 8) {
      const k: usize = load<u32>(e);
      const a = v128.load32_splat(e, 4);
${lanes(n, (p, h, s) => `      ${s} = fma(a, v128.load(w${p} + k, ${16 * h}), ${s});`)}
    }
    const limit = f32x4.splat(low);
${lanes(n, (p, h, s) => `    v128.store(y, clamp(${s}, limit), ${32 * p + 16 * h});`)}
    y += yStride;
    starts += 4;
  }
}`;
}

/** Columns given as lists of {row · stride, value}: the gradient of n panels, one input after the other, into its rule. */
function sparseGradient(n, name, slots) {
  const parameters = slots.map((slot) => `, ${slot}: usize`).join('');
  const at = (place, p, h) => `${place} + ${p} * panelStride + ${16 * h}`;
  return `
export function sparse${title(name)}${n}(
  w: usize${parameters}, panelStride: usize, starts: usize, inputs: usize, delta: usize, control: usize, skip: bool,
): void {
  for (; inputs > 0; inputs--) {
    let e: usize = load<u32>(starts);
    const end: usize = load<u32>(starts, 4);
    if (e < end || !skip) {
${zeroLanes(n)}
      for (; e < end; e += 8) {
        const d = delta + <usize>load<u32>(e);
        const a = v128.load32_splat(e, 4);
${lanes(n, (p, h, s) => `        ${s} = fma(a, v128.load(d, ${32 * p + 16 * h}), ${s});`)}
      }
${lanes(n, (p, h, s) => `      ${name}Vector(${[`w`, ...slots].map((place) => at(place, p, h)).join(', ')}, ${s}, control);`)}
    }
    starts += 4;
    w += 32;
${slots.map((slot) => `    ${slot} += 32;`).join('\n')}
  }
}`;
}

/** The same gradient written to memory, laid out like the weights; added to what is there if not `fresh`. */
function sparseStore(n) {
  const at = (p, h) => `v128.load(g + ${p} * panelStride + ${16 * h})`;
  return `
export function sparseStore${n}(
  g: usize, panelStride: usize, starts: usize, inputs: usize, delta: usize, fresh: bool,
): void {
  for (; inputs > 0; inputs--) {
${lanes(n, (p, h, s) => `    let ${s} = fresh ? f32x4.splat(0) : ${at(p, h)};`)}
    const end: usize = load<u32>(starts, 4);
    for (let e: usize = load<u32>(starts); e < end; e += 8) {
      const d = delta + <usize>load<u32>(e);
      const a = v128.load32_splat(e, 4);
${lanes(n, (p, h, s) => `      ${s} = fma(a, v128.load(d, ${32 * p + 16 * h}), ${s});`)}
    }
${lanes(n, (p, h, s) => `    v128.store(g + ${p} * panelStride + ${16 * h}, ${s});`)}
    starts += 4;
    g += 32;
  }
}`;
}

export default () => [
  "import { clamp, fma } from '../simd';",
  "import { adamVector, momentumVector, sgdVector } from '../update';",
  ...HEIGHTS.map(sparseForward),
  ...Object.entries(updates).flatMap(([name, slots]) => HEIGHTS.map((n) => sparseGradient(n, name, slots))),
  ...HEIGHTS.map(sparseStore),
  dispatcher(
    'sparseStorePanels',
    'sparseStore',
    [...addresses('g panelStride starts inputs delta'), ['fresh', 'bool']],
    '',
  ),
  dispatcher(
    'sparseForwardPanels',
    'sparseForward',
    [...addresses('y yStride starts rows w panelStride bias'), ['low', 'f32']],
    '',
  ),
  ...Object.entries(updates).map(([name, slots]) =>
    dispatcher(
      `sparse${title(name)}Panels`,
      `sparse${title(name)}`,
      [...addresses(['w', ...slots, 'panelStride starts inputs delta control'].join(' ')), ['skip', 'bool']],
      '',
    ),
  ),
];
