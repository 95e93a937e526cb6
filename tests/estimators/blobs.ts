import type { MLPOptions, NdArray } from 'lamella';
import { MLPClassifier } from 'lamella';
import { bits } from './goldens.js';

/** Rows of four features in three classes: 0, 1, 2 in turn. Every value is exact in float32. */
export function blobs(rows = 60): { x: number[][]; y: number[] } {
  const x = [];
  const y = [];
  for (let i = 0; i < rows; i++) {
    x.push([(i % 3) - 1, ((i * 7) % 16) / 16, ((i * 5) % 8) / 8 - 0.5, ((i % 3) * (i % 5)) / 4]);
    y.push(i % 3);
  }
  return { x, y };
}

/** Shared, so that options can be compared. */
const quiet = (): void => {};

/** A small classifier that keeps its warnings to itself. */
export function small(options: MLPOptions = {}): MLPClassifier {
  return new MLPClassifier({
    hiddenLayerSizes: [5],
    maxIter: 4,
    randomState: 1,
    learningRateInit: 0.01,
    onWarning: quiet,
    ...options,
  });
}

/** A small classifier, trained on blobs. */
export async function trained(options: MLPOptions = {}): Promise<MLPClassifier> {
  const { x, y } = blobs();
  return small(options).fit(x, y);
}

/** Everything that can be seen of a trained classifier, weights bit by bit. */
export function visible(classifier: MLPClassifier): object {
  const { classes, lossCurve, bestLoss, loss, nIter, t, nFeaturesIn, nLayers, nOutputs, outActivation } =
    classifier;
  const { validationScores, bestValidationScore } = classifier;
  const probabilities: NdArray = classifier.predictProba(blobs().x);
  return {
    bits: bits(classifier),
    params: classifier.getParams(),
    probabilities,
    ...{ classes, lossCurve, bestLoss, loss, nIter, t, nFeaturesIn, nLayers, nOutputs, outActivation },
    ...{ validationScores, bestValidationScore },
  };
}

/** Freeze an array and all that it holds, but for typed arrays, which cannot be frozen. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

/** Whether all weights and biases are finite numbers. */
export function finite(classifier: MLPClassifier): boolean {
  return [...classifier.coefs.map(({ data }) => data), ...classifier.intercepts].every((values) =>
    values.every(Number.isFinite),
  );
}

/** Collects the weights after every epoch. */
export function recorder(classifier: MLPClassifier): { after: string[]; onEpoch: () => void } {
  const after: string[] = [];
  return { after, onEpoch: () => void after.push(bits(classifier)) };
}
