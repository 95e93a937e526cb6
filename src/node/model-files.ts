import { describe, readBytes } from '../check.js';
import { ValueError } from '../errors.js';
import type { LoadOptions } from '../io/kept-bytes.js';
import { readLoadOptions } from '../io/kept-bytes.js';
import type { AnyModel } from '../model-files/load.js';
import { loadModel } from '../model-files/load.js';
import { writeAtomically } from './atomic.js';
import { namingFile, readBytesOf, readPath } from './files.js';

/**
 * Save a model to a file. Either the new file is there as a whole, on the disk, or the old one is left as it was: the bytes
 * go to a temporary file in the same folder, which then takes the other's place. Missing folders are made.
 *
 * @param model an estimator that has been trained, or a Sequential model
 * @throws ValueError for what is no model or no path; errors of the file system as they are
 */
export async function saveModel(model: { toBytes(): Uint8Array }, path: string | URL): Promise<void> {
  if (typeof model?.toBytes !== 'function') {
    throw new ValueError(
      `saveModel: model must be a trained model, which has toBytes, but received ${describe(model)}.`,
    );
  }
  const file = readPath('saveModel', path);
  await writeAtomically(file, readBytes(model.toBytes(), 'saveModel: toBytes of model must return a file'));
}

/**
 * Read a model that `saveModel` has written.
 *
 * @param options.maxBytes the most bytes that the file may have, default 2^30; for a moment reading takes four times as many
 * @throws ValueError for what is no path; FormatError naming the file, as `loadModel`; errors of the file system as they are
 */
export async function readModel<M extends AnyModel = AnyModel>(
  path: string | URL,
  options?: LoadOptions,
): Promise<M> {
  const { maxBytes } = readLoadOptions('readModel', options);
  const file = readPath('readModel', path);
  const bytes = await readBytesOf(file, maxBytes);
  return namingFile(file, () => loadModel<M>(bytes, { maxBytes }));
}
