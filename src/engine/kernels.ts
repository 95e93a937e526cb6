/**
 * What assembly/index.ts exports, as the plan calls it. Every argument is a number: byte offsets (and byte strides) in
 * the arena, counts, codes of activations and update rules, scalars.
 */
export interface Kernels {
  denseForward: Kernel;
  denseGradient: Kernel;
  denseGradientSweep: Kernel;
  denseGradientUpdate: Kernel;
  denseInputGradient: Kernel;
  transposeDelta: Kernel;
  columnSums: Kernel;
  gatherBytes: Kernel;
  gatherWords: Kernel;
  activationForward: Kernel;
  activationBackward: Kernel;
  softmaxForward: Kernel;
  softmaxCrossEntropy: Kernel;
  sigmoidCrossEntropy: Kernel;
  squaredError: Kernel;
  sumRows: Kernel;
  sumSquares: Kernel;
  update: Kernel;
}

export type Kernel = (...args: number[]) => void;

/** One kernel call of a step, with every argument resolved. */
export interface Call {
  readonly kernel: keyof Kernels;
  readonly args: readonly number[];
}

/** The calls of a step, bound to one arena. */
export type Program = readonly (() => void)[];

export function run(program: Program): void {
  for (const call of program) call();
}

/** Bind calls to the kernels of an instance. Spreading the arguments at every step would cost more than a small kernel. */
export function bind(kernels: Kernels, calls: readonly Call[]): Program {
  return calls.map(({ kernel, args }) => {
    const f = kernels[kernel];
    const [a, b, c, d, e, g, h, i, j, k, l, m, n, o] = args;
    if (args.length > 14) throw new RangeError(`${kernel} has ${args.length} arguments, but bind knows 14.`);
    if (args.length <= 4) return () => f(a, b, c, d);
    if (args.length <= 7) return () => f(a, b, c, d, e, g, h);
    if (args.length <= 10) return () => f(a, b, c, d, e, g, h, i, j, k);
    return () => f(a, b, c, d, e, g, h, i, j, k, l, m, n, o);
  });
}
