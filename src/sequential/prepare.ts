import type { ResolvedLoss } from '../network/options/losses.js';
import { gatherableInPieces } from '../network/scale.js';
import type { ArrayInput } from '../ndarray.js';
import type { Dataset } from '../train/data.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import { readRowsInPieces } from './input.js';
import type { ClassWeights } from './row-weights.js';
import { readRowWeights, withClassWeight } from './row-weights.js';
import type { Structure } from './structure.js';
import { prepareTargets } from './targets.js';

/** Rows with their targets, as the kernels and as the metrics want them. */
export interface Prepared {
  readonly dataset: Dataset;
  /** (rows, columns), as given; one column of class numbers for sparse cross-entropy. */
  readonly truth: Float32Array;
  readonly columns: number;
  readonly rows: number;
}

/** Rows of a batch or data set as a person gives them. */
export type Sample = readonly [x: ArrayInput, y: ArrayInput, sampleWeight?: ArrayInput | null];

/** What of a model decides how data are read. */
export interface Reader {
  readonly structure: Structure;
  readonly loss: ResolvedLoss;
  readonly classWeight?: ClassWeights;
}

/** Data, checked and ready to train on or to evaluate. `part` is what errors call them: '', 'validationData: '. */
export function* prepareInPieces(
  owner: string,
  reader: Reader,
  [x, y, w]: Sample,
  part = '',
): Pieces<Prepared> {
  const { structure, loss, classWeight } = reader;
  const rows = yield* readRowsInPieces(owner, x, structure.spec.inputShape, `${part}x`);
  const prepared = yield* prepareTargets(y, rows.rows, structure, loss, `${part}y`);
  const weights = readRowWeights(w, rows.rows, `${part}sampleWeight`);
  const { targets, truth, columns } = prepared;
  return {
    dataset: {
      rows: yield* gatherableInPieces(rows),
      targets,
      weights: withClassWeight(weights, classWeight, prepared, false),
    },
    truth,
    columns,
    rows: rows.rows,
  };
}

/** `prepareInPieces` at once. */
export function prepare(owner: string, reader: Reader, sample: Sample, part?: string): Prepared {
  return runAtOnce(prepareInPieces(owner, reader, sample, part));
}
