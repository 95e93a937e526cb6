// Micro-kernels of convolutions. A convolution is a matrix product whose rows are windows of an image:
// position k of window i is at image + bases[i] + offsets[k] (bytes), so nothing is copied into a matrix.
import { HEIGHTS, addresses, dispatcher, rows, tallOnly } from './template.mjs';

/**
 * Multiply-adds of one row with the vectors b0 b1: a splat (every filter sees every channel) or a vector of
 * channels.
 */
const products = {
  splat: (r, address) => `    a = v128.load32_splat(${address});
    s${r} = fma(a, b0, s${r});
    t${r} = fma(a, b1, t${r});`,
  vector: (r, address) => `    s${r} = fma(v128.load(${address}), b0, s${r});
    t${r} = fma(v128.load(${address}, 16), b1, t${r});`,
};

/** y[n][8] = max(low, init + window · panel[k][8]) of n windows at a time, `tiles` times. */
const forward = (name, kind) => (n) => `
export function ${name}${n}x8(
  tiles: usize, y: usize, yStride: usize, image: usize, bases: usize, offsets: usize, depth: usize, panel: usize,
  init: usize, low: f32,
): void {
${tallOnly(n)}  const end = offsets + (depth << 2);
  for (; tiles > 0; tiles--) {
${rows(n, (r) => `    const x${r} = image + <usize>load<u32>(bases, ${4 * r});`)}
${rows(n, (r) => `    let s${r} = v128.load(init), t${r} = v128.load(init, 16);`)}
    let w = panel;${kind === 'splat' ? '\n    let a: v128;' : ''}
    for (let offset = offsets; offset < end; offset += 4) {
      const i: usize = load<u32>(offset);
      const b0 = v128.load(w), b1 = v128.load(w, 16);
${rows(n, (r) => products[kind](r, `x${r} + i`))}
      w += 32;
    }
    const limit = f32x4.splat(low);
${rows(
  n,
  (r) => `    v128.store(y + ${r} * yStride, clamp(s${r}, limit));
    v128.store(y + ${r} * yStride, clamp(t${r}, limit), 16);`,
)}
    y += ${n} * yStride;
    bases += ${4 * n};
  }
}`;

/** g[n][8] (+)= Σ over windows of what stands at n positions ⊗ delta[window][8]. */
const gradient = (name, kind) => (n) => `
export function ${name}${n}x8(
  g: usize, image: usize, bases: usize, offsets: usize, pixels: usize, delta: usize, deltaStride: usize, fresh: bool,
): void {
${tallOnly(n)}${rows(n, (r) => `  const x${r} = image + <usize>load<u32>(offsets, ${4 * r});`)}
${rows(n, (r) => `  let s${r} = f32x4.splat(0), t${r} = f32x4.splat(0);`)}
  if (!fresh) {
${rows(n, (r) => `    s${r} = v128.load(g, ${32 * r});\n    t${r} = v128.load(g, ${32 * r + 16});`)}
  }
  const end = bases + (pixels << 2);${kind === 'splat' ? '\n  let a: v128;' : ''}
  for (; bases < end; bases += 4) {
    const i: usize = load<u32>(bases);
    const b0 = v128.load(delta), b1 = v128.load(delta, 16);
${rows(n, (r) => products[kind](r, `x${r} + i`))}
    delta += deltaStride;
  }
${rows(n, (r) => `  v128.store(g, s${r}, ${32 * r});\n  v128.store(g, t${r}, ${32 * r + 16});`)}
}`;

/**
 * Shapes of the tiles of a filter's own gradient: lines of the window × vectors of 4 floats, at most 12 in
 * all.
 */
const TAPS = [
  ...[1, 2, 3, 4, 5, 6].map((lines) => [lines, 1]),
  ...[1, 2, 3, 4, 5].map((lines) => [lines, 2]),
  ...[1, 2, 3, 4].map((lines) => [lines, 3]),
  ...[1, 2, 3].map((lines) => [lines, 4]),
];

/** g[lines][4 · vectors] += Σ delta · window, over a column (CSC) of {delta, where the window begins}. */
const taps = ([lines, vectors]) => {
  const all = (line) => rows(lines * vectors, (i) => line(Math.floor(i / vectors), i % vectors, `s${i}`));
  return `
export function taps${lines}x${vectors}(
  g: usize, gPitch: usize, image: usize, pitch: usize, column: usize, end: usize,
): void {
${all((r, v, s) => `  let ${s} = v128.load(g + ${r} * gPitch, ${16 * v});`)}
  for (; column < end; column += 8) {
    const a = v128.load32_splat(column);
    const p0 = image + <usize>load<u32>(column, 4);
${rows(lines - 1, (r) => `    const p${r + 1} = p${r} + pitch;`)}
${all((r, v, s) => `    ${s} = fma(a, v128.load(p${r}, ${16 * v}), ${s});`)}
  }
${all((r, v, s) => `  v128.store(g + ${r} * gPitch, ${s}, ${16 * v});`)}
}`;
};

/** The dispatch over lines and vectors. */
const tapsTile = () => {
  const names = 'g gPitch image pitch column end';
  return `
/** Calls taps<lines>x<vectors>. */
export function tapsTile(lines: i32, vectors: i32, ${addresses(names)
    .map(([p, t]) => `${p}: ${t}`)
    .join(', ')}): void {
  switch (vectors * 8 + lines) {
${TAPS.map(([l, v]) => `    case ${v * 8 + l}: taps${l}x${v}(${names.split(' ').join(', ')}); break;`).join('\n')}
    default: assert(false);
  }
}`;
};

/** The text of generated/conv.ts, in parts. */
export default () => {
  const tile = (name, parameters) => dispatcher(`${name}Tile`, name, parameters);
  const forwardParameters = [
    ...addresses('tiles y yStride image bases offsets depth panel init'),
    ['low', 'f32'],
  ];
  const gradientParameters = [
    ...addresses('g image bases offsets pixels delta deltaStride'),
    ['fresh', 'bool'],
  ];
  return [
    "import { clamp, fma } from '../simd';",
    ...HEIGHTS.map(forward('conv', 'splat')),
    ...HEIGHTS.map(forward('depthwise', 'vector')),
    ...HEIGHTS.map(gradient('convGradient', 'splat')),
    ...HEIGHTS.map(gradient('depthwiseGradient', 'vector')),
    ...TAPS.map(taps),
    tile('conv', forwardParameters),
    tile('depthwise', forwardParameters),
    tile('convGradient', gradientParameters),
    tile('depthwiseGradient', gradientParameters),
    tapsTile(),
  ];
};
