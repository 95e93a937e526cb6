// What the templates of micro-kernels share.

const TALLEST = 6;
export const HEIGHTS = Array.from({ length: TALLEST }, (_, i) => i + 1);

export const rows = (n, line) => Array.from({ length: n }, (_, r) => line(r)).join('\n');

export const addresses = (names) => names.split(' ').map((n) => [n, 'usize']);

export const declareZero = (n) => rows(n, (r) => `  let s${r} = f32x4.splat(0), t${r} = f32x4.splat(0);`);

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
