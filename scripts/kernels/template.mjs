// What the templates of micro-kernels share.

const TALLEST = 6;
export const HEIGHTS = Array.from({ length: TALLEST }, (_, i) => i + 1);

/**
 * The line that leaves a kernel empty where no multiply-add is fused, as in `base`: nothing there calls it.
 */
export const fusedOnly = (needed) => (needed ? '  if (!ASC_FEATURE_RELAXED_SIMD) return;\n' : '');

/** The same for tiles taller than that of `base` (assembly/simd.ts). */
export const tallOnly = (n) => fusedOnly(n > 4);

export const rows = (n, line) => Array.from({ length: n }, (_, r) => line(r)).join('\n');

export const addresses = (names) => names.split(' ').map((n) => [n, 'usize']);

/** Numbers of the vectors that a row of so many panels takes: two a panel. */
export const vectors = (panels) => Array.from({ length: 2 * panels }, (_, j) => j);

/** The accumulator of row r, vector j. */
export const lane = (r, j) => `${'stuv'[j]}${r}`;

export const declareZero = (n, panels = 1) =>
  rows(n, (r) => {
    const zeros = vectors(panels).map((j) => `${lane(r, j)} = f32x4.splat(0)`);
    return `  let ${zeros.join(', ')};`;
  });

/** Multiply-add of the splat `a` with the vectors b0 … into the accumulators of row r. */
export const products = (r, panels = 1) =>
  vectors(panels)
    .map((j) => `    ${lane(r, j)} = fma(a, b${j}, ${lane(r, j)});`)
    .join('\n');

/** A switch over the tile height: \`name(height, …)\` calls the micro-kernel of that height. */
export function dispatcher(name, prefix, parameters, suffix = 'x8', heights = HEIGHTS) {
  const args = parameters.map(([p]) => p).join(', ');
  return `
/** Calls ${prefix}<height>${suffix}. */
export function ${name}(height: i32, ${parameters.map(([p, t]) => `${p}: ${t}`).join(', ')}): void {
  switch (height) {
${heights.map((n) => `    case ${n}: ${prefix}${n}${suffix}(${args}); break;`).join('\n')}
  }
}`;
}
