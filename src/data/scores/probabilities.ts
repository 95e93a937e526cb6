import { describe } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import { formatShape, readArray } from '../../ndarray.js';
import type { EncodedLabels, Label } from '../labels.js';
import { encodeLabels } from '../labels.js';
import { checkRows, labelList } from './labels.js';

/** Labels as indices of their classes, with what a classifier gave for every row and class. */
export interface Scored {
  readonly classes: readonly Label[];
  readonly truth: Int32Array;
  /** (rows, columns), row-major. */
  readonly scores: Float64Array;
  readonly columns: number;
  /** Whether the scores came as float32. */
  readonly single: boolean;
}

/**
 * Labels and scores, (rows) or (rows, columns).
 *
 * @param labels all classes, sorted or not; default: those of yTrue
 * @throws ShapeError for unequal lengths, ValueError for scores that are not finite and labels not among `labels`
 */
export function readScored(
  owner: string,
  yTrue: unknown,
  yScore: unknown,
  labels: readonly Label[] | undefined,
): Scored {
  const list = labelList(owner, yTrue, 'yTrue');
  const { data, shape, scale = 1 } = readArray(yScore, 'yScore');
  if (shape.length === 0 || shape.length > 2) {
    throw new ShapeError(
      `${owner}: yScore must be of shape (rows) or (rows, classes), but received the shape ${formatShape(shape)}.`,
    );
  }
  checkRows(owner, list.length, shape[0], 'yScore');
  const bad = data.findIndex((value) => value - value !== 0);
  if (bad >= 0) {
    throw new ValueError(
      `${owner}: yScore must hold finite numbers, but received ${describe(data[bad])} in row ${Math.floor(bad / (data.length / shape[0]))}.`,
    );
  }
  const encoded = encodeLabels(list, `${owner}: yTrue`);
  const scores = Float64Array.from(data, (value) => value * scale);
  const rest = { scores, columns: data.length / shape[0], single: data instanceof Float32Array };
  if (labels === undefined) return { classes: encoded.classes, truth: encoded.indices, ...rest };
  return { ...among(owner, encoded, labels), ...rest };
}

function among(
  owner: string,
  { classes: occurring, indices }: EncodedLabels,
  labels: readonly Label[],
): Pick<Scored, 'classes' | 'truth'> {
  const { classes } = encodeLabels(labels, `${owner}: labels`);
  const positions = occurring.map((label) => classes.indexOf(label));
  const missing = positions.indexOf(-1);
  if (missing >= 0) {
    throw new ValueError(
      `${owner}: yTrue must hold only the labels ${describe(classes)}, but received ${describe(occurring[missing])}.`,
    );
  }
  return { classes, truth: indices.map((index) => positions[index]) };
}
