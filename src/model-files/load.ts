import { describe } from '../check.js';
import { FormatError } from '../errors.js';
import { MLPClassifier } from '../estimators/mlp-classifier.js';
import { MLPRegressor } from '../estimators/mlp-regressor.js';
import { Perceptron } from '../estimators/perceptron/perceptron.js';
import type { LoadOptions } from '../io/model-file.js';
import { copyWithin } from '../io/model-file.js';
import { lazyImport } from '../lazy.js';
import { Sequential } from '../sequential/sequential.js';
import type { TableClassifier } from '../table/classifier.js';
import { Pipeline } from '../pipeline/pipeline.js';
import type { TableRegressor } from '../table/regressor.js';

/** Any model that `toBytes` writes. */
export type AnyModel = MLPClassifier | MLPRegressor | Perceptron | Sequential;

/** Models of tables, whose `predict` takes records: name the one you load, loadModel<TableClassifier>(…). */
export type AnyTableModel = TableClassifier | TableRegressor;

type Loaded = AnyModel | AnyTableModel | Pipeline;

const READERS: ReadonlyMap<string, (bytes: Uint8Array) => Promise<Loaded>> = /* @__PURE__ */ new Map<
  string,
  (bytes: Uint8Array) => Promise<Loaded>
>([
  ['MLPClassifier', (bytes) => MLPClassifier.fromBytes(bytes)],
  ['MLPRegressor', (bytes) => MLPRegressor.fromBytes(bytes)],
  ['Perceptron', (bytes) => Perceptron.fromBytes(bytes)],
  ['Sequential', (bytes) => Sequential.fromBytes(bytes)],
  [
    'TableClassifier',
    async (bytes) => {
      const { TableClassifier } = await lazyImport(() => import('../table/classifier.js'));
      return TableClassifier.fromBytes(bytes);
    },
  ],
  [
    'TableRegressor',
    async (bytes) => {
      const { TableRegressor } = await lazyImport(() => import('../table/regressor.js'));
      return TableRegressor.fromBytes(bytes);
    },
  ],
  ['Pipeline', (bytes) => Pipeline.fromBytes(bytes)],
]);

/**
 * Load a model that `toBytes` or `saveModel` has written, of whichever kind it is. It predicts what the saved
 * one did, to the bit (with the same variant of the engine), and can be trained on.
 *
 * @param bytes the whole file; more than 16 MiB must stay as they are until the promise settles
 * @param options.maxBytes the most bytes that the file may have; default 2^30
 * @throws ValueError for anything but bytes; FormatError for files of other programs or a later version, and
 *   damaged ones
 */
export async function loadModel<M extends AnyModel | AnyTableModel | Pipeline = AnyModel>(
  bytes: Uint8Array,
  options?: LoadOptions,
): Promise<M> {
  const file = copyWithin(bytes, options);
  const { readingModel, readKind } = await lazyImport(() => import('../io/read-model-file.js'));
  const kind = await readingModel(file, () => readKind(file));
  const read = READERS.get(kind);
  if (read) return (await read(file)) as M;
  throw new FormatError(
    `A model file must hold one of the kinds ${[...READERS.keys()].join(', ')}, but received ${describe(kind)}.`,
  );
}
