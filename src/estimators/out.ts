import { describe, typedArrayKind } from '../check.js';
import type { Label } from '../data/labels.js';
import { ShapeError, ValueError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { isTypedArray } from '../ndarray.js';

/** Where predicted labels may be written: a plain array, or a typed array for numeric labels. */
export type LabelSequence = Label[] | TypedArray;

/** ShapeError unless an array to fill has exactly the length that is needed for a shape. */
export function checkOut(length: number, needed: number, shape: string): void {
  if (length === needed) return;
  throw new ShapeError(`out must have ${needed} elements for the shape ${shape}, but received ${length}.`);
}

/** @throws ShapeError for another length than one element per row, ValueError if `out` cannot hold the labels */
function checkLabelsOut(out: LabelSequence, rows: number, classes: readonly Label[]): void {
  if (!Array.isArray(out) && !isTypedArray(out)) {
    throw new ValueError(`out must be an array or a typed array, but received ${describe(out)}.`);
  }
  checkOut(out.length, rows, `(${rows})`);
  if (isTypedArray(out)) {
    const kept = new (out.constructor as new (length: number) => TypedArray)(1);
    for (const label of classes) {
      kept[0] = label as number;
      if (kept[0] === label) continue;
      throw new ValueError(
        `out must be able to hold the labels ${describe(classes)}, but received ${describe(out)}, which cannot hold ${describe(label)}.`,
      );
    }
  }
}

/**
 * Where the labels of some rows go: `out`, or a new array, to be filled in order.
 *
 * @throws ShapeError, ValueError if `out` cannot take them
 */
export function labelSequence(
  out: LabelSequence | undefined,
  rows: number,
  classes: readonly Label[],
): LabelSequence {
  if (out === undefined) return [];
  checkLabelsOut(out, rows, classes);
  return out;
}

/** Write the label of a row. @throws ValueError if that element of `out` cannot be written */
export function writeLabel(out: LabelSequence, row: number, label: Label): void {
  try {
    (out as Label[])[row] = label;
  } catch (error) {
    const writable = Object.getOwnPropertyDescriptor(out, row)?.writable ?? Object.isExtensible(out);
    throw writable ? error : new ValueError('out must be writable, but received a frozen array.');
  }
}

/** Rows of 0 and 1 as an NdArray (rows, labels), in `out` where there is one. @throws ShapeError, ValueError */
export function labelRows(
  data: Uint8Array<ArrayBuffer>,
  rows: number,
  out: LabelSequence | undefined,
): NdArray<Uint8Array> {
  const shape = [rows, data.length / rows];
  if (out === undefined) return { data, shape };
  if (typedArrayKind(out) !== 'Uint8Array') {
    throw new ValueError(
      `out must be a Uint8Array for several labels per row, but received ${describe(out)}.`,
    );
  }
  checkOut(out.length, data.length, `(${shape.join(', ')})`);
  const rowsOut = out as Uint8Array;
  rowsOut.set(data);
  return { data: rowsOut, shape };
}
