import type { Label } from '../data/labels.js';
import { ShapeError, ValueError } from '../errors.js';
import { classification } from './classification.js';
import type { LabelInput } from './labels.js';
import { checkLength, checkSameClasses, classesInPieces, codesInPieces, labelsInPieces } from './labels.js';
import type { Pieces } from '../yielding.js';
import type { Model, Task } from './model.js';
import { checkLabels, multilabel, readLabelMatrix } from './multilabel.js';

/** Targets of fit: classes are those that occur, and with a present model must be its own. */
export function* targetsInPieces(
  owner: string,
  y: LabelInput,
  rows: number,
  present: Model | undefined,
): Pieces<Task> {
  const matrix = readLabelMatrix(y);
  if (matrix) {
    checkLength(matrix.rows, rows);
    const task = multilabel(matrix);
    if (present) checkSameClasses(owner, 'warmStart', task.classes, present.classes);
    return task;
  }
  const labels = yield* labelsInPieces(y);
  checkLength(labels.length, rows);
  const { classes, indices } = yield* classesInPieces(labels, 'y', present ? 1 : 2);
  if (present) checkSameClasses(owner, 'warmStart', classes, present.classes);
  return classification(indices, classes);
}

/**
 * Targets of partialFit, and of anything else that classes are known for.
 *
 * @throws ValueError without classes, and for labels that are not among them
 */
export function* knownTargetsInPieces(
  y: LabelInput,
  rows: number,
  {
    classes,
    several,
  }: { readonly classes: readonly Label[] | undefined; readonly several: boolean | undefined },
  name = 'y',
): Pieces<Task> {
  const matrix = several === false ? undefined : readLabelMatrix(y, name);
  if (matrix) {
    checkLength(matrix.rows, rows, name);
    if (classes) checkLabels(matrix, classes.length, name);
    return multilabel(matrix);
  }
  if (several) {
    throw new ShapeError(
      `${name} must have ${classes?.length} labels per row, 0 or 1 each, as the model has, but received one per row.`,
    );
  }
  if (!classes) {
    throw new ValueError(
      'MLPClassifier: partialFit needs all classes in its first call, but received none; pass { classes: [...] }.',
    );
  }
  const labels = yield* labelsInPieces(y, name);
  checkLength(labels.length, rows, name);
  return classification(yield* codesInPieces(labels, classes, name), classes);
}
