import { addresses, dispatcher, rows } from './template.mjs';

/** Vectors of one pass over the lists (assembly/sparse.ts has the widest). */
const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);
const FORWARD = upTo(7);
const GRADIENT = upTo(13);

/** Vector i lies in half i & 1 of panel i >> 1. */
const at = (place, i) => `${place} + ${i >> 1} * panelStride, ${16 * (i & 1)}`;

const panels = (n) => (n + 1) >> 1;

/** Rows given as lists of {k · 32, value}: y[row][4n] = max(low, bias + Σ value · panels[…][k][8]), n vectors at a time. */
function sparseForward(n) {
  return `
export function sparseForward${n}(
  y: usize, yStride: usize, starts: usize, rows: usize, w: usize, panelStride: usize, bias: usize, low: f32,
): void {
${rows(panels(n), (p) => `  const w${p} = w + ${p} * panelStride;`)}
  for (; rows > 0; rows--) {
${rows(n, (i) => `    let s${i} = v128.load(bias, ${16 * i});`)}
    const end: usize = load<u32>(starts, 4);
    for (let e: usize = load<u32>(starts); e < end; e += 8) {
      const k: usize = load<u32>(e);
      const a = v128.load32_splat(e, 4);
${rows(n, (i) => `      s${i} = fma(a, v128.load(w${i >> 1} + k, ${16 * (i & 1)}), s${i});`)}
    }
    const limit = f32x4.splat(low);
${rows(n, (i) => `    v128.store(y, clamp(s${i}, limit), ${16 * i});`)}
    y += yStride;
    starts += 4;
  }
}`;
}

/** Sums value · delta[row] over the list of a column {row · stride, value} into n vectors. */
const columnSum = (n) => `
      for (; e < end; e += 8) {
        const d = delta + <usize>load<u32>(e);
        const a = v128.load32_splat(e, 4);
${rows(n, (i) => `        s${i} = fma(a, v128.load(d, ${16 * i}), s${i});`)}
      }`;

/** Plain sgd from column lists, n vectors of inputs that have any: w ← w − lr · g. */
function sparseSgd(n) {
  return `
export function sparseSgd${n}(
  w: usize, panelStride: usize, bounds: usize, inputs: usize, delta: usize, control: usize,
): void {
  for (; inputs > 0; inputs--) {
    let e: usize = load<u32>(bounds);
    const end: usize = load<u32>(bounds, 4);
    if (e < end) {
${rows(n, (i) => `      let s${i} = f32x4.splat(0);`)}
${columnSum(n)}
      const step = f32x4.neg(v128.load32_splat(control));
${rows(n, (i) => `      v128.store(${at('w', i).replace(',', `, fma(step, s${i}, v128.load(${at('w', i)})),`)});`)}
    }
    bounds += 8;
    w += 32;
  }
}`;
}

/** The gradient of n vectors written to memory, one input after the other; added to what is there if not \`fresh\`. */
function sparseStore(n) {
  return `
export function sparseStore${n}(
  g: usize, panelStride: usize, bounds: usize, inputs: usize, delta: usize, fresh: bool,
): void {
  for (; inputs > 0; inputs--) {
${rows(n, (i) => `    let s${i} = f32x4.splat(0);`)}
    if (!fresh) {
${rows(n, (i) => `      s${i} = v128.load(${at('g', i)});`)}
    }
    let e: usize = load<u32>(bounds);
    const end: usize = load<u32>(bounds, 4);
${columnSum(n)}
${rows(n, (i) => `    v128.store(${at('g', i).replace(',', `, s${i},`)});`)}
    bounds += 8;
    g += 32;
  }
}`;
}

const dispatch = (name, widths, parameters) => dispatcher(`${name}Vectors`, name, parameters, '', widths);

export default () => [
  "import { clamp, fma } from '../simd';",
  ...FORWARD.map(sparseForward),
  ...GRADIENT.map(sparseSgd),
  ...GRADIENT.map(sparseStore),
  dispatch('sparseForward', FORWARD, [
    ...addresses('y yStride starts rows w panelStride bias'),
    ['low', 'f32'],
  ]),
  dispatch('sparseSgd', GRADIENT, addresses('w panelStride bounds inputs delta control')),
  dispatch('sparseStore', GRADIENT, [...addresses('g panelStride bounds inputs delta'), ['fresh', 'bool']]),
];
