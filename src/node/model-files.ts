import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe } from '../check.js';
import { FormatError, ValueError } from '../errors.js';
import type { AnyModel } from '../models/load.js';
import { loadModel } from '../models/load.js';
import { writeAtomically } from './atomic.js';

/**
 * Save a model to a file. Either the new file is there as a whole, on the disk, or the old one is left as it was: the bytes
 * go to a temporary file in the same folder, which then takes the other's place. Missing folders are made.
 *
 * @param model an estimator that has been trained, or a Sequential model
 * @throws errors of the file system as they are
 */
export async function saveModel(model: { toBytes(): Uint8Array }, path: string | URL): Promise<void> {
  if (typeof model?.toBytes !== 'function') {
    throw new ValueError(
      `saveModel: model must be a trained model, which has toBytes, but received ${describe(model)}.`,
    );
  }
  await writeAtomically(path instanceof URL ? fileURLToPath(path) : path, model.toBytes());
}

/**
 * Read a model that `saveModel` has written.
 *
 * @throws FormatError naming the file, as `loadModel`; errors of the file system as they are
 */
export async function readModel<M extends AnyModel = AnyModel>(path: string | URL): Promise<M> {
  const bytes = await readFile(path);
  try {
    return await loadModel<M>(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(`${String(path)}: ${error.message}`, { cause: error });
  }
}
