import * as lamella from 'lamella';
import { loadModel } from 'lamella/predict';

const onWarning = (): void => {};
const x = [
  [0, 1],
  [1, 0],
];

/**
 * Objects of the public API whose classes are not exported, by the name that their calls have in the table.
 */
export async function instances(): Promise<Record<string, object>> {
  const model = lamella.sequential({
    seed: 1,
    layers: [lamella.layers.dense({ units: 1, inputShape: [2] })],
  });
  const load = async (estimator: { toBytes(): Uint8Array }): Promise<object> =>
    loadModel(estimator.toBytes());
  const options = { hiddenLayerSizes: [2], maxIter: 1, onWarning };
  return {
    Layer: model.layers[0],
    History: model.history,
    SequentialPredictor: await load(model),
    MLPClassifierPredictor: await load(await new lamella.MLPClassifier(options).fit(x, ['a', 'b'])),
    MLPRegressorPredictor: await load(await new lamella.MLPRegressor(options).fit(x, [1, 2])),
    PerceptronPredictor: await load(
      await new lamella.Perceptron({ maxIter: 1, onWarning }).fit(x, ['a', 'b']),
    ),
  };
}
