import { init, layers, sequential } from 'lamella';

/** Forty images of 8 x 7 pixels; every value is exact in float32. */
export function images() {
  const data = Float32Array.from({ length: 40 * 56 }, (_, i) => ((i * i * 37 + i * 11) % 251) / 256 - 0.5);
  return { data, shape: [40, 8, 7, 1] };
}

/** A model of images, trained a little, as a file; and what it predicts. */
export async function trained() {
  await init({ variant: 'base' });
  const model = sequential({
    seed: 1,
    layers: [
      layers.randomTranslation({ heightFactor: 0.1, widthFactor: 0.1, inputShape: [8, 7, 1] }),
      layers.conv2d({ filters: 12, kernelSize: 3, padding: 'same', useBias: false }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.conv2d({ filters: 12, kernelSize: 3, groups: 12, strides: 2, padding: 'same' }),
      layers.conv2d({ filters: 9, kernelSize: 2, activation: 'relu' }),
      layers.maxPooling2d({ padding: 'same' }),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 3);
  await model.fit(images(), labels, { epochs: 3, batchSize: 8, verbose: 0 });
  return { file: [...model.toBytes()], predictions: [...model.predict(images()).data] };
}
