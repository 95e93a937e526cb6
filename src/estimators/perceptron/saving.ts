import { writeModelFile } from '../../io/model-file.js';
import type { PerceptronParams } from './options.js';
import type { Fitted } from './training.js';

/** The name of the kind in files. */
export const KIND = 'Perceptron';

/** A trained Perceptron as bytes. */
export function savePerceptron(
  { onWarning: _onWarning, ...params }: PerceptronParams,
  { coef, intercept, ...fitted }: Fitted,
): Uint8Array<ArrayBuffer> {
  const shape = [intercept.length, fitted.features];
  return writeModelFile({
    kind: KIND,
    config: { params, fitted },
    arrays: new Map([
      ['coef', { dtype: 'F64', shape, data: coef }],
      ['intercept', { dtype: 'F64', shape: [intercept.length], data: intercept }],
    ]),
  });
}
