import { MLPClassifier, MLPRegressor } from 'lamella';
import type { NdArray } from 'lamella';
import { vi } from 'vitest';
import type { Label, Matrix, RecordedParams } from './goldens.js';
import { float32, optionsOf, readGolden } from './goldens.js';

/** tests/goldens/sklearn_mlp_more.py says what the members are. */
export interface Call {
  readonly method: 'fit' | 'partialFit';
  readonly rows?: [number, number];
  readonly set?: RecordedParams;
  readonly classes?: Label[];
  readonly nIter: number;
  readonly t: number;
  readonly loss: number;
  readonly bestLoss?: number | null;
  readonly epochs?: number;
  readonly messages: [number, string][];
  readonly printed?: string[];
  readonly warnings: string[];
}

export interface Case {
  readonly name: string;
  readonly kind: 'classifier' | 'regressor';
  readonly data: string;
  readonly params: RecordedParams;
  readonly repeat?: number[];
  readonly calls: Call[];
  readonly classes?: Label[];
  readonly outActivation: string;
  readonly nLayers: number;
  readonly nOutputs: number;
  readonly score: number;
  readonly lossCurve?: number[];
  readonly lossByIteration?: number[];
  readonly validationScores?: number[];
  readonly bestValidationScore?: number;
  readonly agree: number;
  readonly spread: Record<'nIter' | 'loss' | 'score', [number, number]> & { readonly prediction: number };
  readonly proba?: Matrix;
  readonly top?: [number, number, number][];
  readonly labels?: Matrix;
  readonly values?: number[] | Matrix;
}

/** Rows with targets: labels, numbers, or a matrix. */
export interface Data {
  readonly x: NdArray;
  readonly y: Label[] | NdArray;
}

const golden = readGolden<{
  cases: Case[];
  data: Record<string, { x: Matrix; y: Label[] | Matrix }>;
}>('sklearn_mlp_more');

export const { cases } = golden;

/** Some rows, in order, as often as they are named. */
function take({ x, y }: Data, rows: readonly number[]): Data {
  const pick = ({ data, shape }: NdArray): NdArray => ({
    data: Float32Array.from(rows.flatMap((row) => [...data.subarray(row * shape[1], (row + 1) * shape[1])])),
    shape: [rows.length, shape[1]],
  });
  return { x: pick(x), y: Array.isArray(y) ? rows.map((row) => y[row]) : pick(y) };
}

export function slice(data: Data, [first, end]: readonly [number, number]): Data {
  return take(
    data,
    Array.from({ length: end - first }, (_, i) => first + i),
  );
}

/** The rows of a recorded run; rows that it repeats are there once. */
export function singleRows({ data }: Case): Data {
  const { x, y } = golden.data[data];
  return { x: float32(x), y: Array.isArray(y) ? y : float32(y) };
}

/** The rows of a recorded run. */
export function dataOf(recorded: Case): Data {
  const data = singleRows(recorded);
  const { repeat } = recorded;
  if (!repeat) return data;
  return take(
    data,
    repeat.flatMap((count, row) => Array<number>(count).fill(row)),
  );
}

export type Estimator = MLPClassifier | MLPRegressor;

export function estimatorOf({ kind, params }: Case): Estimator {
  const options = optionsOf(params);
  return kind === 'classifier' ? new MLPClassifier(options) : new MLPRegressor(options);
}

/** Make a recorded call; what it printed and warned of. */
export async function play(
  estimator: Estimator,
  call: Call,
  data: Data,
  options: object = {},
): Promise<{ lines: string[]; warnings: string[]; losses: number[] }> {
  const lines: string[] = [];
  const warnings: string[] = [];
  const losses: number[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  estimator.setParams({
    ...optionsOf(call.set ?? {}),
    verbose: true,
    onWarning: ({ message }) => void warnings.push(message),
  });
  const { x, y } = call.rows ? slice(data, call.rows) : data;
  const onEpoch = ({ loss }: { loss: number }): void => void losses.push(loss);
  const given = { ...options, onEpoch, ...(call.classes && { classes: call.classes }) };
  try {
    await estimator[call.method](x, y as never, given);
  } finally {
    log.mockRestore();
  }
  return { lines, warnings, losses };
}
