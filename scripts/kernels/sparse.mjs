import { addresses, dispatcher, rows } from './template.mjs';

const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

/** Vectors of one pass over the lists (assembly/sparse.ts has the widest), and of those with an update of their own. */
const FORWARD = upTo(7);
const GRADIENT = upTo(13);
const FUSED = [4, 6, 8, 10, 12, 13];

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

/** Mul+add would spill the wider passes. */
const only = (n) => (n > 7 ? '  if (!ASC_FEATURE_RELAXED_SIMD) return;\n' : '');

/** Sums value · delta[row] over the list of a column {row · stride, value} into n vectors. */
const columnSum = (n) => `      for (; e < end; e += 8) {
        const d = delta + <usize>load<u32>(e);
        const a = v128.load32_splat(e, 4);
${rows(n, (i) => `        s${i} = fma(a, v128.load(d, ${16 * i}), s${i});`)}
      }`;

/** What is done with vectors i and i + 1 of n: panel after panel, `at` being where it has the weights of an input. */
const byPanels = (n, each) =>
  rows(
    panels(n),
    (p) => `${p ? '      at += panelStride;\n' : ''}${each(p + p + 1 < n ? [p + p, p + p + 1] : [p + p])}`,
  );

/** One line for each of a panel's vectors, then the next line: `wide` fuses neighbours. */
const lines = (all, ...templates) =>
  templates.flatMap((line) => all.map((i) => `      ${line(i, 16 * (i & 1))}`)).join('\n');

/** Plain sgd from column lists, n vectors of inputs that have any: w ← w − lr · g. */
function sparseSgd(n) {
  return `
export function sparseSgd${n}(
  w: usize, panelStride: usize, bounds: usize, inputs: usize, delta: usize, control: usize,
): void {
${only(n)}  for (; inputs > 0; inputs--) {
    let e: usize = load<u32>(bounds);
    const end: usize = load<u32>(bounds, 4);
    if (e < end) {
${rows(n, (i) => `      let s${i} = f32x4.splat(0);`)}
${columnSum(n)}
      const step = f32x4.neg(scalar(control, 0));
      let at = w;
${byPanels(n, (all) => lines(all, (i, o) => `v128.store(at, fma(step, s${i}, v128.load(at, ${o})), ${o});`))}
    }
    bounds += 8;
    w += 32;
  }
}`;
}

/** An update of n vectors of all inputs, with scalars of `control` by name, each input's as soon as its gradient is there. */
const sparseUpdate = (name, slots, scalars, update) => (n) => `
export function ${name}${n}(
  w: usize, ${slots.map((slot) => `${slot}: usize, `).join('')}panelStride: usize, bounds: usize, inputs: usize, delta: usize, control: usize,
): void {
${only(n)}  const least = kept(TINY);
  for (; inputs > 0; inputs--) {
    let e: usize = load<u32>(bounds);
    const end: usize = load<u32>(bounds, 4);
${rows(n, (i) => `    let s${i} = f32x4.splat(0);`)}
${columnSum(n)}
    const ${Object.entries(scalars)
      .map(([scalar, value]) => `${scalar} = ${value}`)
      .join(', ')};
    let at = w;
${byPanels(n, (all) => lines(all, ...update))}
    bounds += 8;
    w += 32;
  }
}`;

const scalar = (i) => `scalar(control, ${i})`;

/** Momentum without decay and Nesterov: classicalSweep. */
const sparseMomentum = sparseUpdate(
  'sparseMomentum',
  ['slot'],
  { step: `f32x4.neg(${scalar(0)})`, momentum: scalar(2) },
  [
    (i, o) => `const v${i} = mixed(v128.load(at + slot, ${o}), s${i}, momentum, step, least);`,
    (i, o) => `v128.store(at + slot, v${i}, ${o});`,
    (i, o) => `const x${i} = f32x4.add(v128.load(at, ${o}), v${i});`,
    (i, o) => `v128.store(at, x${i}, ${o});`,
  ],
);

/** adamSweep: the lists of an input are read while the roots and divisions of the last are under way. */
const sparseAdam = sparseUpdate(
  'sparseAdam',
  ['slot0', 'slot1'],
  {
    ...{ rate: scalar(0), decay: scalar(1), beta1: scalar(2), rest1: scalar(3) },
    ...{ beta2: scalar(4), rest2: scalar(5), epsilon: scalar(6) },
  },
  [
    (i, o) => `const x${i} = v128.load(at, ${o});`,
    (i) => `const g${i} = fma(decay, x${i}, s${i});`,
    (i, o) => `const m${i} = mixed(v128.load(at + slot0, ${o}), g${i}, beta1, rest1, least);`,
    (i, o) => `const v${i} = mixedSquare(v128.load(at + slot1, ${o}), g${i}, beta2, rest2, least);`,
    (i, o) => `v128.store(at + slot0, m${i}, ${o});`,
    (i, o) => `v128.store(at + slot1, v${i}, ${o});`,
    (i, o) => `v128.store(at, descended(x${i}, m${i}, v${i}, rate, epsilon), ${o});`,
  ],
);

/** The gradient of n vectors written to memory, one input after the other; added to what is there if not `fresh`. */
function sparseStore(n) {
  return `
export function sparseStore${n}(
  g: usize, panelStride: usize, bounds: usize, inputs: usize, delta: usize, fresh: bool,
): void {
${only(n)}  for (; inputs > 0; inputs--) {
${rows(n, (i) => `    let s${i} = f32x4.splat(0);`)}
    let at = g;
    if (!fresh) {
${byPanels(n, (all) => lines(all, (i, o) => `s${i} = v128.load(at, ${o});`))}
      at = g;
    }
    let e: usize = load<u32>(bounds);
    const end: usize = load<u32>(bounds, 4);
${columnSum(n)}
${byPanels(n, (all) => lines(all, (i, o) => `v128.store(at, s${i}, ${o});`))}
    bounds += 8;
    g += 32;
  }
}`;
}

/** Whether passes of so many vectors have the updates above. */
const isFused = `
// @ts-ignore: decorator
@inline
export function isFused(width: usize): bool {
  return ${FUSED.map((n) => `width == ${n}`).join(' || ')};
}`;

const dispatch = (name, widths, parameters) => dispatcher(`${name}Vectors`, name, parameters, '', widths);

export default () => [
  "import { clamp, fma, kept } from '../simd';",
  "import { descended, mixed, mixedSquare, scalar, TINY } from '../update/parts';",
  ...FORWARD.map(sparseForward),
  ...GRADIENT.map(sparseSgd),
  ...FUSED.map(sparseMomentum),
  ...FUSED.map(sparseAdam),
  ...GRADIENT.map(sparseStore),
  isFused,
  dispatch('sparseForward', FORWARD, [
    ...addresses('y yStride starts rows w panelStride bias'),
    ['low', 'f32'],
  ]),
  dispatch('sparseSgd', GRADIENT, addresses('w panelStride bounds inputs delta control')),
  dispatch('sparseMomentum', FUSED, addresses('w slot panelStride bounds inputs delta control')),
  dispatch('sparseAdam', FUSED, addresses('w slot0 slot1 panelStride bounds inputs delta control')),
  dispatch('sparseStore', GRADIENT, [...addresses('g panelStride bounds inputs delta'), ['fresh', 'bool']]),
];
