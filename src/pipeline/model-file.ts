/**
 * Reads pipelines from model files: the transformers are in the metadata, the estimator's own file is inside.
 * Nothing in a file is trusted. Pipeline.toBytes writes them; it is loaded with the class, this file is not.
 */
import { anything, listOf, rule } from '../check.js';
import { FormatError } from '../errors.js';
import { heldFile } from '../estimators/held-estimator.js';
import { readMembers, readModelFile } from '../io/read-model-file.js';
import { ColumnTransformer } from '../table/column-transformer.js';
import { readTransformer } from '../table/stored-transformers.js';
import { TableVectorizer } from '../table/vectorizer.js';
import type { PipelineSteps, Transformer } from './steps.js';

/** More steps than anyone has. */
const MAX_STEPS = 1000;

const name = rule(
  "a name without '__'",
  (value): value is string => typeof value === 'string' && value !== '' && !value.includes('__'),
);

/**
 * The steps of a pipeline from the bytes of a file.
 *
 * @param readEstimator reads the estimator's own file
 * @throws FormatError for anything else, damaged files and files of later versions
 */
export async function readPipeline<E extends object>(
  bytes: Uint8Array,
  readEstimator: (bytes: Uint8Array) => Promise<E>,
): Promise<PipelineSteps<E>> {
  const { config, arrays } = await readModelFile(bytes, 'Pipeline');
  const { names, transformers: stored } = readMembers('Pipeline', config, {
    names: listOf(name, 1, MAX_STEPS),
    transformers: listOf(anything<unknown>(), 0, MAX_STEPS),
  });
  if (new Set(names).size !== stored.length + 1 || names.length !== stored.length + 1) {
    throw new FormatError(
      `A model file of kind 'Pipeline' must have a name of its own for each of ${stored.length + 1} steps, but has ${names.length} names.`,
    );
  }
  const transformers = stored.map((each, i) => readStep(names[i], each));
  return { names, transformers, estimator: await readEstimator(heldFile('Pipeline', arrays)) };
}

/** A fitted transformer. @throws FormatError for anything else */
function readStep(step: string, stored: unknown): Transformer {
  const owner = `Pipeline: step '${step}'`;
  const transformer = readTransformer(owner, stored, [ColumnTransformer, TableVectorizer]) as Transformer;
  const { fitted } = stored as { fitted?: unknown };
  if (fitted !== null && fitted !== undefined) return transformer;
  throw new FormatError(`${owner} of a model file must be fitted, but is not.`);
}
