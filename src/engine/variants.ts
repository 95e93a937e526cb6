/**
 * The variants of the binary: which there are, which one this runtime can have, and which one a compiled
 * module is. Compiling them is the matter of engines.ts; their bytes come from binaries.ts.
 */
import type { Rule } from '../check.js';
import { describe, refused } from '../check.js';
import { UnsupportedError, ValueError } from '../errors.js';
import type { KernelName, Kernels } from './kernels.js';

/**
 * The binaries that ship: plain SIMD; with fused multiply-add; and the same for pairs of vectors that V8
 * fuses.
 */
export type Variant = 'base' | 'relaxed' | 'wide';

/** The binaries that bundles embed; `wide` is fetched on request. */
export type EmbeddedVariant = Exclude<Variant, 'wide'>;

/** (func (result v128) … i8x16.relaxed_swizzle): the smallest module that needs relaxed SIMD. */
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2,
  253, 15, 253, 128, 2, 11,
];

let relaxedSupport: boolean | undefined;

/** True if this runtime accepts relaxed SIMD. */
export function relaxedSimd(): boolean {
  if (typeof WebAssembly === 'undefined') return false;
  relaxedSupport ??= WebAssembly.validate(new Uint8Array(RELAXED_PROBE));
  return relaxedSupport;
}

/** The variant that `'auto'` stands for in this runtime. */
export function automaticVariant(): EmbeddedVariant {
  return relaxedSimd() ? 'relaxed' : 'base';
}

/**
 * The embedded variant of a request.
 *
 * @throws UnsupportedError if the runtime lacks what it needs
 */
export function embeddedVariant(variant: 'auto' | EmbeddedVariant = 'auto'): EmbeddedVariant {
  if (variant === 'auto') return automaticVariant();
  if (variant === 'base' || relaxedSimd()) return variant;
  throw new UnsupportedError(
    "init: variant 'relaxed' needs a runtime with relaxed SIMD, but this one refuses it; use 'base' or 'auto'.",
  );
}

/**
 * The custom section with a binary's name, 'base' or 'predict-base', which the build appends
 * (scripts/wasm.mjs).
 */
const SECTION = 'lamella';

/** Kernels by which a binary is recognised: of prediction, and of training. */
const PREDICT_KERNELS: readonly (keyof Kernels)[] = [
  ...(['activationForward', 'allFinite', 'averagePoolForward', 'convForward', 'denseForward'] as const),
  ...(['floatsToCsr', 'movingStatistics', 'softmaxForward', 'sparseForward'] as const),
];
const TRAINING_KERNELS: readonly KernelName[] = [
  ...([
    'activationBackward',
    'adjust',
    'convGradient',
    'denseGradientUpdate',
    'dropout',
    'elementLoss',
  ] as const),
  ...(['gatherCsr', 'softmaxCrossEntropy', 'transposeDelta', 'rotateFilters', 'update'] as const),
];

/** Accepts a compiled WebAssembly module of any realm. */
export const moduleRule: Rule<WebAssembly.Module> = {
  expected: 'a WebAssembly.Module, such as await WebAssembly.compile(bytes) gives',
  accept: (value) =>
    Object.prototype.toString.call(value) === '[object WebAssembly.Module]'
      ? (value as WebAssembly.Module)
      : refused,
};

/**
 * The variant of a compiled binary, if it is one of this package: it imports a memory and nothing else,
 * exports kernels and nothing else, and has a name. It is not run.
 *
 * @param wanted the requested variant, if any
 * @param kernels `'some kernels'` if those of predictions are enough
 * @returns undefined for a binary that was built without a name
 * @throws ValueError for modules of other programs, and for another variant
 */
export function variantOf(
  module: WebAssembly.Module,
  wanted: Variant | undefined,
  kernels: 'every kernel' | 'some kernels',
): Variant | undefined {
  const needed = kernels === 'some kernels' ? PREDICT_KERNELS : [...PREDICT_KERNELS, ...TRAINING_KERNELS];
  const imports = WebAssembly.Module.imports(module);
  const exported = new Set<string>();
  for (const { name, kind } of WebAssembly.Module.exports(module))
    if (kind === 'function') exported.add(name);
  const named = nameOf(module);
  const [memory] = imports;
  const fits =
    imports.length === 1 && memory.module === 'env' && memory.name === 'memory' && memory.kind === 'memory';
  const missing = needed.find((kernel) => !exported.has(kernel));
  if (!fits || missing !== undefined) {
    const found = !fits
      ? `one that imports ${['nothing', 'something else than a memory'].at(imports.length) ?? `${imports.length} things`}`
      : named !== undefined
        ? `${named}.wasm, which has not all kernels`
        : `one without the kernel ${missing}`;
    throw new ValueError(
      `init: module must be one of the binaries in lamella/wasm${kernels === 'some kernels' ? '' : ', with all kernels'}, but received ${found}.`,
    );
  }
  const variant = named?.replace('predict-', '') as Variant | undefined;
  // Vectors of 256 bits need a flag of V8, which is set only for those who ask for `wide` by name.
  const expected = wanted ?? (variant === 'wide' ? 'none' : variant);
  if (variant === undefined || variant === expected) return variant;
  throw new ValueError(
    `init: variant must be that of module, '${variant}', but received ${describe(wanted)}.`,
  );
}

/** The name of a binary, as the build has written it. */
function nameOf(module: WebAssembly.Module): string | undefined {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  const name = section && new TextDecoder().decode(section);
  return NAMES.find((known) => known === name);
}

const NAMES = ['base', 'relaxed', 'wide', 'predict-base', 'predict-relaxed'];
