/**
 * Elementwise activations (assembly/activation.ts), in the order of their codes. The last two have no slope.
 */
const ACTIVATIONS =
  'relu relu6 leakyRelu elu selu gelu silu mish sigmoid hardSigmoid tanh softplus softsign exponential sign heaviside'.split(
    ' ',
  );
const TRAINABLE = ACTIVATIONS.slice(0, -2);

/** The code of an activation; 0 is linear. */
const codeOf = (name) => ACTIVATIONS.indexOf(name) + 1;

/** One loop over a matrix per activation, and the switch between them. */
export default function activationLoops() {
  const forwardLoop = (name) => `
function ${name}Rows(y: usize, yStride: usize, x: usize, xStride: usize, rows: usize, width: usize): void {
  for (; rows > 0; rows--) {
    for (let i: usize = 0; i < width; i += 16) v128.store(y + i, ${name}Forward(v128.load(x + i)));
    y += yStride;
    x += xStride;
  }
}`;
  const backwardLoop = (name) => `
function ${name}Slopes(d: usize, dStride: usize, y: usize, yStride: usize, rows: usize, width: usize): void {
  for (; rows > 0; rows--) {
    for (let i: usize = 0; i < width; i += 16) v128.store(d + i, ${name}Backward(v128.load(d + i), v128.load(y + i)));
    d += dStride;
    y += yStride;
  }
}`;
  const cases = (names, suffix, args) =>
    names.map((name) => `    case Elementwise.${name}: ${name}${suffix}(${args}); break;`).join('\n');
  return [
    `import { ${ACTIVATIONS.filter((name) => name !== 'sigmoid')
      .map((n) => `${n}Forward`)
      .join(', ')}, ${TRAINABLE.map((n) => `${n}Backward`).join(', ')} } from '../activation';`,
    "import { sigmoidRows } from '../math';",
    `/** Elementwise activations. */\nexport const enum Elementwise { linear, ${ACTIVATIONS.join(', ')} }`,
    ...ACTIVATIONS.filter((name) => name !== 'sigmoid').map(forwardLoop),
    ...TRAINABLE.map(backwardLoop),
    `
/**
 * y = activation(x), rows of whole vectors (columns a multiple of 4); y may be x. Strides in bytes.
 * @writes y @reads x
 * @rows rows by 8: y x
 * @cost (kind <= ${codeOf('leakyRelu')} ? 0.1 : 3) * rows * columns
 */
export function activationForward(
  kind: i32, y: usize, yStride: usize, x: usize, xStride: usize, rows: usize, columns: usize,
): void {
  switch (kind) {
${cases(ACTIVATIONS, 'Rows', 'y, yStride, x, xStride, rows, columns << 2')}
  }
}

/**
 * delta ← delta · slope, from the output y (gelu, silu, mish: from the input).
 * @writes delta @reads y
 * @rows rows by 8: delta y
 * @cost (kind >= ${codeOf('gelu')} && kind <= ${codeOf('mish')} ? 4.5 : 0.15) * rows * columns
 */
export function activationBackward(
  kind: i32, delta: usize, deltaStride: usize, y: usize, yStride: usize, rows: usize, columns: usize,
): void {
  switch (kind) {
${cases(TRAINABLE, 'Slopes', 'delta, deltaStride, y, yStride, rows, columns << 2')}
  }
}`,
  ];
}
