import { readEstimator } from '../estimators/read-estimator.js';
import type { Estimator } from './estimator.js';
import { readPipeline } from './model-file.js';
import type { Step, Transformer } from './steps.js';

/** The steps of a stored pipeline, to train on. @throws FormatError as readPipeline */
export async function readTrainable(bytes: Uint8Array): Promise<Step<Transformer | Estimator>[]> {
  const { names, transformers, estimator } = await readPipeline(bytes, readEstimator);
  return [...transformers, estimator].map((step, i) => [names[i], step] as const);
}
