import type { RowValue } from './mean.js';

/** The column of the largest value of a row; the first of several. */
function largest(values: Float32Array, start: number, columns: number): number {
  let best = start;
  for (let i = start + 1; i < start + columns; i++) if (values[i] > values[best]) best = i;
  return best - start;
}

/** Share of the outputs on the right side of the threshold. */
export function binaryAccuracy(threshold = 0.5): RowValue {
  return (yTrue, yPred, row, columns, sparse) => {
    const start = row * columns;
    let right = 0;
    for (let j = 0; j < columns; j++) {
      const target = sparse ? (yTrue[row] === j ? 1 : 0) : yTrue[start + j];
      if (target === (yPred[start + j] > threshold ? 1 : 0)) right++;
    }
    return right / columns;
  };
}

/** Whether the largest prediction is that of the class. */
export const categoricalAccuracy: RowValue = (yTrue, yPred, row, columns, sparse) => {
  const label = sparse ? yTrue[row] : largest(yTrue, row * columns, columns);
  return largest(yPred, row * columns, columns) === label ? 1 : 0;
};

/** By the shapes, as Keras resolves 'accuracy' (keras/src/trainers/compile_utils.py): one output is binary. */
export function accuracy(): RowValue {
  const binary = binaryAccuracy();
  return (yTrue, yPred, row, columns, sparse) =>
    (columns === 1 ? binary : categoricalAccuracy)(yTrue, yPred, row, columns, sparse);
}

/** Whether fewer than k predictions are larger than that of the class. */
export function topK(k: number): RowValue {
  return (yTrue, yPred, row, columns, sparse) => {
    const start = row * columns;
    const own = yPred[start + (sparse ? yTrue[row] : largest(yTrue, start, columns))];
    let larger = 0;
    for (let j = 0; j < columns; j++) if (yPred[start + j] > own) larger++;
    return larger < k ? 1 : 0;
  };
}
