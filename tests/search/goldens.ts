import * as lamella from 'lamella';
import { loadIris } from 'lamella/datasets';
import type { CrossValidation } from '../../src/search/experiment.js';
import type { Estimator, Params } from '../../src/pipeline/estimator.js';
import { type Matrix, readGolden } from '../data/goldens.js';

/** A recorded run of model selection. */
export interface Recorded {
  readonly kind: 'crossValScore' | 'gridSearch' | 'learningCurve' | 'validationCurve';
  readonly estimator: string;
  readonly params: Params & { readonly solver?: string };
  readonly data: 'iris' | 'diabetes';
  readonly dtype: string;
  readonly cv: CrossValidation;
  readonly scoring?: string;
  readonly scores: number[];
  readonly predicted?: number[];
  readonly [result: string]: unknown;
}

const recorded = readGolden<{ crossValidation: Recorded[] }>('sklearn_split').crossValidation;

/** The recorded runs of a kind. */
export function runs(kind: Recorded['kind']): Recorded[] {
  return recorded.filter((run) => run.kind === kind);
}

/** The estimator of a run. */
export function estimatorOf({ estimator, params }: Recorded): Estimator {
  const Class = (lamella as unknown as Record<string, new (params: Params) => Estimator>)[estimator];
  return new Class({ ...params, onWarning: () => {} });
}

/** Iris as scikit-learn gives it, in float64. */
export function iris(): { x: lamella.NdArray<Float64Array>; y: Int32Array } {
  const { x, y } = loadIris();
  // Millimetres as float32, back to centimetres with one decimal.
  const data = Float64Array.from(x.data, (value) => Math.round(value * 10) / 10);
  return { x: { data, shape: x.shape }, y };
}

/** The rows and targets of a run. */
export function dataOf({ data }: Recorded): { x: lamella.ArrayInput; y: ArrayLike<number> } {
  if (data === 'iris') return iris();
  const { x, y } = readGolden<{ data: { diabetes: { x: Matrix; y: number[] } } }>('sklearn_mlp_more').data
    .diabetes;
  return { x: { data: Float32Array.from(x.data), shape: x.shape }, y };
}

/** A recorded matrix as rows. */
export function rowsOf({ shape, data }: Matrix): number[][] {
  return Array.from({ length: shape[0] }, (_, i) => data.slice(i * shape[1], (i + 1) * shape[1]));
}
