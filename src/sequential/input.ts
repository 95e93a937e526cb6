import type { Shape } from '../network/spec.js';
import type { Rows } from '../ndarray.js';
import { rowsInPieces, toRows } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { checkSameShape } from './structure.js';

const CHECKED = { name: 'x' };
const UNCHECKED = { name: 'x', unchecked: true };

/**
 * Rows of the shape that a model was built for; `unchecked` as in RowsOptions.
 *
 * @throws ShapeError, ValueError
 */
export function readRows(owner: string, x: unknown, inputShape: Shape, name = 'x', unchecked = false): Rows {
  const rows = toRows(x, name !== 'x' ? { name, unchecked } : unchecked ? UNCHECKED : CHECKED);
  checkShape(owner, rows, inputShape, name);
  return rows;
}

/** `readRows` in pieces. */
export function* readRowsInPieces(
  owner: string,
  x: unknown,
  inputShape: Shape,
  name = 'x',
  unchecked = false,
): Pieces<Rows> {
  const rows = yield* rowsInPieces(x, { name, unchecked });
  checkShape(owner, rows, inputShape, name);
  return rows;
}

function checkShape(owner: string, rows: Rows, inputShape: Shape, name: string): void {
  if (isShape(rows.shape, inputShape)) return;
  const received = rows.shape.slice(1);
  // Images of one channel may leave it out, or have it where none is expected (keras/src/models/functional.py).
  const bare = (shape: Shape): Shape => (shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape);
  if (received.length === inputShape.length) checkSameShape(owner, name, received, inputShape);
  else if (bare(received).length !== bare(inputShape).length) {
    checkSameShape(owner, name, received, inputShape);
  } else checkSameShape(owner, name, bare(received), bare(inputShape));
}

/** Whether a shape is that of rows of `each`. */
function isShape(shape: readonly number[], each: Shape): boolean {
  if (shape.length !== each.length + 1) return false;
  for (let axis = 0; axis < each.length; axis++) if (shape[axis + 1] !== each[axis]) return false;
  return true;
}
