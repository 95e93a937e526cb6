import { describe } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { NdArray } from '../../ndarray.js';
import { readList } from '../../ndarray.js';

/**
 * A loss of the user's: both arrays have shape (rows, outputs). `loss` is the mean over the rows of the batch, `gradient`
 * its derivative with respect to yPred, of the same shape.
 */
export type UserLoss = (
  yTrue: NdArray,
  yPred: NdArray,
) => { readonly loss: number; readonly gradient: NdArray | ArrayLike<number> };

/** A loss in JavaScript: the batch's mean loss and its gradient with respect to the predictions, (rows, outputs) each. */
export type HostLoss = (
  targets: Float32Array,
  predictions: Float32Array,
  rows: number,
) => { loss: number; gradient: ArrayLike<number> };

/** A user's loss as training calls it; what it returns is checked. */
export function hostLoss(given: UserLoss, owner: string): HostLoss {
  return (targets, predictions, rows) => {
    const shape = [rows, predictions.length / rows];
    const result: unknown = given(
      { data: targets, shape: [rows, targets.length / rows] },
      { data: predictions, shape },
    );
    const { loss, gradient } = (result ?? {}) as { loss?: unknown; gradient?: unknown };
    if (typeof loss !== 'number') {
      const received = typeof result === 'object' && result !== null && 'loss' in result ? loss : result;
      throw new ValueError(
        `${owner}: the loss function must return { loss, gradient } with a number as loss, but received ${describe(received)}.`,
      );
    }
    return { loss, gradient: valuesOf(gradient, shape, owner) };
  };
}

function valuesOf(gradient: unknown, [rows, outputs]: readonly number[], owner: string): ArrayLike<number> {
  const { data = gradient, scale = 1 } = (gradient ?? {}) as { data?: unknown; scale?: unknown };
  const values = readList(data, `${owner}: the gradient of the loss function`);
  if (values?.length !== rows * outputs) {
    const received = values === undefined ? describe(gradient) : `${values.length} values`;
    throw new ShapeError(
      `${owner}: the loss function must return a gradient of shape (${rows}, ${outputs}), ${rows * outputs} values, but received ${received}.`,
    );
  }
  const bad = Array.isArray(values) ? values.findIndex((value) => typeof value !== 'number') : -1;
  if (bad >= 0 || typeof scale !== 'number') {
    const received = bad >= 0 ? describe(values[bad]) : `${describe(scale)} as its scale`;
    throw new ValueError(
      `${owner}: the loss function must return a gradient of numbers, but received ${received}.`,
    );
  }
  const numbers = values as ArrayLike<number>;
  return scale === 1 ? numbers : Float32Array.from(numbers, (value) => value * scale);
}
