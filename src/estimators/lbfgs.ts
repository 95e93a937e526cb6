import { UnsupportedError } from '../errors.js';
import type { TrainingRequest } from './training-request.js';

/** Train by L-BFGS. */
export async function fitLbfgs({ params }: TrainingRequest): Promise<void> {
  throw new UnsupportedError(
    `The solver '${String(params.solver)}' is not in this build; use 'adam' or 'sgd'.`,
  );
}
