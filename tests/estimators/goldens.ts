import { readFileSync } from 'node:fs';
import type { MLPClassifier, MLPOptions, NdArray } from 'lamella';

export interface Matrix {
  readonly shape: number[];
  readonly data: number[];
}

/** The options of a recorded run. */
export type RecordedParams = MLPOptions;

export type Label = string | number | boolean;

/** A JSON file of tests/goldens; its script tells what it holds. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../goldens/${name}.json`, import.meta.url), 'utf8'));
}

/** The options of a recorded run as our estimators take them. */
export function optionsOf(params: RecordedParams): MLPOptions {
  return params;
}

export function float32(matrix: Matrix): NdArray {
  return { data: Float32Array.from(matrix.data), shape: matrix.shape };
}

/** Largest relative difference of two lists over their first `count` entries. */
export function relativeDifference(a: readonly number[], b: readonly number[], count: number): number {
  let worst = 0;
  for (let i = 0; i < count; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]) / Math.abs(b[i]));
  return worst;
}

/** All weights and biases as bytes, to compare bit by bit. */
export function bits(classifier: MLPClassifier): string {
  const arrays = [...classifier.coefs.map(({ data }) => data), ...classifier.intercepts];
  return arrays.map((array) => Buffer.from(array.buffer).toString('base64')).join(' ');
}
