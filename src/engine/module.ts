import type { Rule } from '../check.js';
import { describe, refused } from '../check.js';
import { ValueError } from '../errors.js';
import type { Variant } from './engines.js';
import type { KernelName, Kernels } from './kernels.js';

/** The section of a binary in which the build writes its name, 'base' or 'predict-base' (scripts/wasm.mjs). */
const SECTION = 'lamella';

/** Kernels by which a binary is known: of prediction, and of training. */
const PREDICT_KERNELS: readonly (keyof Kernels)[] = [
  ...(['activationForward', 'allFinite', 'averagePoolForward', 'convForward', 'denseForward'] as const),
  ...(['listFloats', 'movingStatistics', 'softmaxForward', 'sparseForward'] as const),
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
  ...(['gatherLists', 'softmaxCrossEntropy', 'transposeDelta', 'turnFilters', 'update'] as const),
];

/** A compiled WebAssembly module, whatever realm has compiled it. */
export const moduleRule: Rule<WebAssembly.Module> = {
  expected: 'a WebAssembly.Module, such as await WebAssembly.compile(bytes) gives',
  accept: (value) =>
    Object.prototype.toString.call(value) === '[object WebAssembly.Module]'
      ? (value as WebAssembly.Module)
      : refused,
};

/**
 * The variant of a compiled binary, if it is one of this package: it imports a memory and nothing else, exports kernels and
 * nothing else, and tells its name. Nothing of it is run.
 *
 * @param wanted the variant that was asked for, if any
 * @param some 'some kernels': those of predictions will do
 * @returns undefined for a binary that was built without a name
 * @throws ValueError for modules of other programs, and for another variant
 */
export function variantOf(
  module: WebAssembly.Module,
  wanted: Variant | undefined,
  some: 'every kernel' | 'some kernels',
): Variant | undefined {
  const kernels = some === 'some kernels' ? PREDICT_KERNELS : [...PREDICT_KERNELS, ...TRAINING_KERNELS];
  const imports = WebAssembly.Module.imports(module);
  const exported = new Set<string>();
  for (const { name, kind } of WebAssembly.Module.exports(module))
    if (kind === 'function') exported.add(name);
  const named = nameOf(module);
  const [memory] = imports;
  const fits =
    imports.length === 1 && memory.module === 'env' && memory.name === 'memory' && memory.kind === 'memory';
  const missing = kernels.find((kernel) => !exported.has(kernel));
  if (!fits || missing !== undefined) {
    const found = !fits
      ? `one that imports ${['nothing', 'something else than a memory'].at(imports.length) ?? `${imports.length} things`}`
      : named !== undefined
        ? `${named}.wasm, which has not all kernels`
        : `one without the kernel ${missing}`;
    throw new ValueError(
      `init: module must be one of the binaries in lamella/wasm${some === 'some kernels' ? '' : ', with all kernels'}, but received ${found}.`,
    );
  }
  const variant = named?.replace('predict-', '') as Variant | undefined;
  // Vectors of 256 bits need a flag of V8, which only who asks for them gets.
  const expected = wanted ?? (variant === 'wide' ? 'none' : variant);
  if (variant === undefined || variant === expected) return variant;
  throw new ValueError(
    `init: variant must be that of module, '${variant}', but received ${describe(wanted)}.`,
  );
}

/** The name that the build has given a binary. */
function nameOf(module: WebAssembly.Module): string | undefined {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  const name = section && new TextDecoder().decode(section);
  return NAMES.find((known) => known === name);
}

const NAMES = ['base', 'relaxed', 'wide', 'predict-base', 'predict-relaxed'];
