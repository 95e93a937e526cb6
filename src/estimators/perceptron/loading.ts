import { anything, integer, listOf, positiveInteger } from '../../check.js';
import { FormatError } from '../../errors.js';
import { asFormatError } from '../../io/format-errors.js';
import {
  anyNumber,
  readMembers,
  checkNoMoreArrays,
  readModelFile,
  takeArray,
} from '../../io/read-model-file.js';
import { runInSlices, Yielder } from '../../yielding.js';
import { readClassNames } from '../class-names.js';
import type { PerceptronParams } from './options.js';
import { readPerceptronOptions } from './options.js';
import { KIND } from './saving.js';
import type { Fitted } from './training.js';

/** Read what `savePerceptron` has written. @throws FormatError for what is no Perceptron */
export async function readPerceptron(
  bytes: Uint8Array,
): Promise<{ params: PerceptronParams; fitted: Fitted }> {
  const { config, arrays } = await readModelFile(bytes, KIND);
  const parts = readMembers(KIND, config, { params: anything<unknown>(), fitted: anything<unknown>() });
  const params = asFormatError(() => readPerceptronOptions(parts.params));
  const fitted = readMembers(`${KIND}: fitted`, parts.fitted, {
    classes: anything<unknown>(),
    features: positiveInteger,
    lossCurve: listOf(anyNumber),
    nIter: integer({ min: 0 }),
    t: integer({ min: 1 }),
  });
  const classes = readClassNames(KIND, fitted.classes);
  if (classes.length < 2) {
    throw new FormatError(
      `${KIND}: a model file must have at least 2 classes, but received ${classes.length}.`,
    );
  }
  const width = classes.length === 2 ? 1 : classes.length;
  const yielder = new Yielder();
  const take = (name: string, ...of: number[]): Promise<Float64Array> =>
    runInSlices(takeArray(KIND, arrays, name, of, Float64Array), yielder);
  const coef = await take('coef', width, fitted.features);
  const intercept = await take('intercept', width);
  checkNoMoreArrays(KIND, arrays, new Set(['coef', 'intercept']));
  return { params, fitted: { ...fitted, classes, coef, intercept } };
}
