import { ShapeError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { isTypedArray } from '../ndarray.js';
import type { TypedArrayConstructor } from '../ndarray/types.js';

/** Values for some rows: an array, a typed array, or an NdArray with a row for each. */
export interface RowsPart {
  readonly rows: Int32Array;
  readonly values: unknown;
}

/** All parts in the order of the rows, of the kind that they are of. */
export function gatherRows(parts: readonly RowsPart[], rows: number): unknown {
  const first = parts[0].values;
  if (Array.isArray(first)) {
    const all = new Array<unknown>(rows);
    for (const part of parts) {
      const values = part.values as readonly unknown[];
      part.rows.forEach((row, i) => {
        all[row] = values[i];
      });
    }
    return all;
  }
  if (isTypedArray(first)) return blocks(parts as TypedParts, rows, 1);
  const { data, shape } = first as NdArray<TypedArray>;
  const width = data.length / shape[0];
  const inner = parts.map((part) => {
    const values = part.values as NdArray<TypedArray>;
    if (values.data.length === width * part.rows.length) return { rows: part.rows, values: values.data };
    throw new ShapeError(
      `Predictions must have the same width in all folds, ${width} values per row, but received ${values.data.length} for ${part.rows.length} rows.`,
    );
  });
  return { data: blocks(inner, rows, width), shape: [rows, ...shape.slice(1)] };
}

type TypedParts = readonly { readonly rows: Int32Array; readonly values: TypedArray }[];

function blocks(parts: TypedParts, rows: number, width: number): TypedArray {
  const all = new (parts[0].values.constructor as TypedArrayConstructor)(rows * width);
  for (const { rows: numbers, values } of parts) {
    numbers.forEach((row, i) => all.set(values.subarray(i * width, (i + 1) * width), row * width));
  }
  return all;
}

/** Columns for some classes as columns for all of them; `absent` stands where a class was unknown. */
export function alignClasses(
  { data, shape }: NdArray<TypedArray>,
  classes: readonly unknown[] | undefined,
  all: readonly unknown[],
  absent: number,
): NdArray<TypedArray> {
  const [rows, width] = shape;
  if (classes === undefined || width !== classes.length || width === all.length) return { data, shape };
  const places = classes.map((label) => all.indexOf(label));
  const wide = new (data.constructor as TypedArrayConstructor)(rows * all.length).fill(absent);
  for (let row = 0; row < rows; row++) {
    places.forEach((place, j) => {
      wide[row * all.length + place] = data[row * width + j];
    });
  }
  return { data: wide, shape: [rows, all.length] };
}
