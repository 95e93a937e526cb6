import { ValueError } from '../../errors.js';
import type { Shape } from '../../model/spec.js';
import type { ResolvedMetric } from './state.js';

/** What a metric is to be computed from. */
export interface MetricPlace {
  /** Name of the loss: the labels of sparse ones are class numbers. */
  readonly loss: string;
  /** The shape of one row of predictions. */
  readonly outputShape: Shape;
}

/**
 * The metric that a name, a config or a function `(yTrue, yPred) => number` stands for.
 *
 * @throws ValueError for unknown names, unknown options and bad values
 */
export function resolveMetric(given: unknown, _place: MetricPlace, owner: string): ResolvedMetric {
  throw new ValueError(`${owner}: metrics are not there yet, received ${typeof given}.`);
}
