// Helpers that the templates of micro-kernels share.

const TALLEST = 6;
export const HEIGHTS = Array.from({ length: TALLEST }, (_, i) => i + 1);

/**
 * A line that leaves a kernel empty where multiply-add is not fused, as in `base`, where it is never called.
 */
export const fusedOnly = (needed) => (needed ? '  if (!ASC_FEATURE_RELAXED_SIMD) return;\n' : '');

/** A line that leaves tiles empty that are taller than those of `base` (assembly/simd.ts). */
export const tallOnly = (n) => fusedOnly(n > 4);

export const rows = (n, line) => Array.from({ length: n }, (_, r) => line(r)).join('\n');

export const addresses = (names) => names.split(' ').map((n) => [n, 'usize']);

/** The indices of the vectors in a row of `panels` panels, two per panel. */
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
