import { addresses, dispatcher, fusedOnly, rows } from './template.mjs';
import { CLASSICAL, PLAIN_SGD, RULES } from './rules.mjs';
import { declarations, distance, updateLines } from './update.mjs';

const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

/**
 * Widths of passes over CSR and CSC, in vectors (assembly/sparse/{forward,gradient}.ts have the widest), and
 * of the passes that update weights themselves.
 */
const FORWARD = upTo(7);
const GRADIENT = upTo(13);
const FUSED = [4, 6, 8, 10, 12, 13];

const panels = (n) => (n + 1) >> 1;

/**
 * Forward pass of CSR rows {k · 32, value}: y[row][4n] = max(low, bias + Σ value · panels[…][k][8]), n
 * vectors at a time.
 */
function sparseForward(n) {
  return `
export function sparseForward${n}(
  y: usize, yStride: usize, rowOffsets: usize, rows: usize, w: usize, panelStride: usize, bias: usize, low: f32,
): void {
${rows(panels(n), (p) => `  const w${p} = w + ${p} * panelStride;`)}
  for (; rows > 0; rows--) {
${rows(n, (i) => `    let s${i} = v128.load(bias, ${16 * i});`)}
    const end: usize = load<u32>(rowOffsets, 4);
    for (let e: usize = load<u32>(rowOffsets); e < end; e += 8) {
      const k: usize = load<u32>(e);
      const a = v128.load32_splat(e, 4);
${rows(n, (i) => `      s${i} = fma(a, v128.load(w${i >> 1} + k, ${16 * (i & 1)}), s${i});`)}
    }
    const limit = f32x4.splat(low);
${rows(n, (i) => `    v128.store(y, clamp(s${i}, limit), ${16 * i});`)}
    y += yStride;
    rowOffsets += 4;
  }
}`;
}

/** Leaves wide passes empty without fused multiply-add: a mul and an add would spill their registers. */
const unlessSpilling = (n) => fusedOnly(n > 7);

/** Sums value · delta[row] over the entries of a column {row · stride, value} into n vectors. */
const columnSum = (n) => `      for (; e < end; e += 8) {
        const d = delta + <usize>load<u32>(e);
        const a = v128.load32_splat(e, 4);
${rows(n, (i) => `        s${i} = fma(a, v128.load(d, ${16 * i}), s${i});`)}
      }`;

/**
 * Code for n vectors of an input, panel after panel: `each` gets the one or two vectors of a panel, whose
 * weights are at `at`.
 */
const byPanels = (n, each) =>
  rows(
    panels(n),
    (p) => `${p ? '      at += panelStride;\n' : ''}${each(p + p + 1 < n ? [p + p, p + p + 1] : [p + p])}`,
  );

/** One line for each of a panel's vectors, then the next line: `wide` fuses neighbours. */
const lines = (all, ...templates) =>
  templates.flatMap((line) => all.map((i) => `      ${line(i, 16 * (i & 1))}`)).join('\n');

/**
 * Updates the vectors of an input by a rule, panel after panel. Slots are named by their distance from the
 * weights.
 */
const updated = (n, rule) =>
  byPanels(n, (all) =>
    updateLines(rule, all, {
      load: (name, i) => `v128.load(${placeOf(name)}, ${16 * (i & 1)})`,
      store: (name, i, value) => `v128.store(${placeOf(name)}, ${value}, ${16 * (i & 1)});`,
      gradient: (i) => `s${i}`,
    })
      .map((line) => `      ${line}`)
      .join('\n'),
  );

const placeOf = (name) => (name === 'w' ? 'at' : `at + ${name}`);

/**
 * Updates n vectors of all inputs, each as soon as its gradient is complete: the processor reads the entries
 * of an input while the roots and divisions of the previous one are under way. A rule without slots skips
 * inputs that have no entries.
 */
const sparseUpdate = (name, rule) => (n) => `
export function sparse${name}${n}(
  w: usize, panelStride: usize, columnOffsets: usize, inputs: usize, delta: usize, parameter: usize,
): void {
${unlessSpilling(n)}${rule.slots.map((slot, i) => `  const ${slot} = ${distance(i)};\n`).join('')}${rule.slots.length > 0 ? '  const threshold = splatOnce(TINY);\n' : ''}  for (; inputs > 0; inputs--) {
    let e: usize = load<u32>(columnOffsets);
    const end: usize = load<u32>(columnOffsets, 4);
    ${rule.slots.length > 0 ? '' : 'if (e < end) '}{
${rows(n, (i) => `      let s${i} = f32x4.splat(0);`)}
${columnSum(n)}
      const ${declarations(rule).join(', ')};
      let at = w;
${updated(n, rule)}
    }
    columnOffsets += 8;
    w += 32;
  }
}`;

const sparseSgd = sparseUpdate('Sgd', PLAIN_SGD);
const sparseMomentum = sparseUpdate('Momentum', CLASSICAL);
const sparseAdam = sparseUpdate('Adam', RULES.adam);

/**
 * Writes the gradient of n vectors to memory, one input after the other; adds it to what is there unless
 * `fresh`.
 */
function sparseStore(n) {
  return `
export function sparseStore${n}(
  g: usize, panelStride: usize, columnOffsets: usize, inputs: usize, delta: usize, fresh: bool,
): void {
${unlessSpilling(n)}  for (; inputs > 0; inputs--) {
${rows(n, (i) => `    let s${i} = f32x4.splat(0);`)}
    let at = g;
    if (!fresh) {
${byPanels(n, (all) => lines(all, (i, o) => `s${i} = v128.load(at, ${o});`))}
      at = g;
    }
    let e: usize = load<u32>(columnOffsets);
    const end: usize = load<u32>(columnOffsets, 4);
${columnSum(n)}
${byPanels(n, (all) => lines(all, (i, o) => `v128.store(at, s${i}, ${o});`))}
    columnOffsets += 8;
    g += 32;
  }
}`;
}

/** Source of isFused: true if passes of `width` vectors have the updates above. */
const isFused = `
// @ts-ignore: decorator
@inline
export function isFused(width: usize): bool {
  return ${FUSED.map((n) => `width == ${n}`).join(' || ')};
}`;

const dispatch = (name, widths, parameters) => dispatcher(`${name}Vectors`, name, parameters, '', widths);

const UPDATE = addresses('w panelStride columnOffsets inputs delta parameter');

export default () => [
  "import { clamp, fma, splatOnce } from '../simd';",
  "import { descended, mixed, mixedSquare, RecordWord, TINY } from '../update';",
  ...FORWARD.map(sparseForward),
  ...GRADIENT.map(sparseSgd),
  ...FUSED.map(sparseMomentum),
  ...FUSED.map(sparseAdam),
  ...GRADIENT.map(sparseStore),
  isFused,
  dispatch('sparseForward', FORWARD, [
    ...addresses('y yStride rowOffsets rows w panelStride bias'),
    ['low', 'f32'],
  ]),
  dispatch('sparseSgd', GRADIENT, UPDATE),
  dispatch('sparseMomentum', FUSED, UPDATE),
  dispatch('sparseAdam', FUSED, UPDATE),
  dispatch('sparseStore', GRADIENT, [
    ...addresses('g panelStride columnOffsets inputs delta'),
    ['fresh', 'bool'],
  ]),
];
