import * as lamella from 'lamella';
import { loadModel as loadPredictor } from 'lamella/predict';
import type { Call } from '../attempt.js';
import { func, method, refusing, setter } from '../attempt.js';

const onWarning = (): void => {};
const x = (): number[][] => [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
];
const y = (): number[][] => [
  [0, 1],
  [1, 0],
  [1, 0],
  [0, 1],
];
const weights = (): number[] => [1, 2, 1, 1];

/** A small model that has not been trained; compiled unless told otherwise. */
function small(compiled = true): lamella.Sequential {
  const model = lamella.sequential({
    seed: 1,
    layers: [
      lamella.layers.dense({ units: 3, activation: 'relu', inputShape: [2] }),
      lamella.layers.batchNormalization(),
      lamella.layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  if (compiled) model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

const compileOptions = (): object => ({
  optimizer: {
    name: 'sgd',
    learningRate: { name: 'exponentialDecay', initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.9 },
  },
  loss: { name: 'categoricalCrossentropy', labelSmoothing: 0.1 },
  metrics: ['accuracy', { name: 'topKCategoricalAccuracy', k: 1 }, (): number => 1],
});

const callback = (): object => {
  const nothing = (): void => {};
  return {
    ...{ setParams: nothing, onTrainBegin: nothing, onEpochBegin: nothing, onBatchEnd: nothing },
    ...{ onEpochEnd: nothing, onEpochSettled: nothing, onTrainEnd: nothing },
  };
};

const fitOptions = (): object => ({
  ...{ epochs: 1, batchSize: 2, shuffle: true, validationSplit: 0, validationData: [x(), y(), weights()] },
  ...{ validationFreq: [1, 2], classWeight: { 0: 1, 1: 2 }, sampleWeight: weights(), initialEpoch: 0 },
  ...{
    callbacks: [callback()],
    verbose: 0,
    signal: new AbortController().signal,
    threads: 1,
    maxTimeMs: 1000,
  },
  ...{ maxSteps: 2, stepsPerEpoch: 2, validationSteps: 1, onWarning },
});

/** A state that training can go on from, with everything that it may hold. */
function state(): object {
  const model = small();
  model.trainOnBatch(x(), y());
  return { ...model.getTrainingState(), epoch: 1, history: { loss: [1] } };
}

function* batches(): Generator<unknown[]> {
  yield [x(), y(), weights()];
}

/** A model that goes on after a state, so that what is taken is used. */
async function goOn(given: unknown): Promise<void> {
  const model = small();
  model.setTrainingState(given as never);
  model.summary({ print: () => {} });
  model.trainOnBatch(x(), y());
  await model.fit(x(), y(), { verbose: 0, initialEpoch: 0, epochs: 1 });
  model.toBytes();
}

/** What all asynchronous methods take. */
const inSlices = (): object => ({ signal: new AbortController().signal, threads: 1 });
const evaluation = (): object => ({ batchSize: 2, sampleWeight: weights(), verbose: 0 });
const named = (): object => ({
  name: 'model',
  seed: 1,
  layers: [lamella.layers.dense({ units: 1, inputShape: [2] })],
});

let bytes: Uint8Array | undefined;
let predictor: Promise<any> | undefined;

function loaded(): Promise<any> {
  bytes ??= small().toBytes();
  predictor ??= loadPredictor(bytes);
  return predictor;
}

const models: Call[] = [
  func('sequential', lamella.sequential, () => [named()]),
  func(
    'Sequential',
    (options: object) => new lamella.Sequential(options),
    () => [named()],
  ),
  func('modelFromJSON', lamella.modelFromJSON, () => [small().toJSON()]),
  func('modelFromJSON of text', lamella.modelFromJSON, () => [JSON.stringify(small().toJSON())]),
  method(
    'Sequential#add',
    () => small(false),
    () => [lamella.layers.dense({ units: 1 })],
  ),
  func(
    'Sequential#compile',
    (...args: [any]) => {
      const model = small(false);
      model.compile(...args);
      model.trainOnBatch(x(), y());
      model.toBytes();
    },
    () => [compileOptions()],
  ),
  method('Sequential#fit', small, () => [x(), y(), fitOptions()]),
  method('Sequential#fit of a share', small, () => [
    x(),
    y(),
    { validationSplit: 0.5, verbose: 0, callbacks: callback() },
  ]),
  method('Sequential#fit of a stream', small, () => [
    batches,
    { verbose: 0, epochs: 1, stepsPerEpoch: 1, maxSteps: 3, validationData: batches },
  ]),
  func(
    'Sequential#fit of batches',
    (batch: unknown) => small().fit((() => [batch, [x(), y()]]) as never, { verbose: 0 }),
    () => [[x(), y(), weights()]],
  ),
  func(
    'Sequential#compile of a loss of what a function returns',
    (returned: unknown) => {
      const model = small(false);
      model.compile({ optimizer: 'sgd', loss: (() => returned) as never });
      return model.fit(x(), y(), { verbose: 0 });
    },
    () => [{ loss: 1, gradient: { data: new Float32Array(8), shape: [4, 2], scale: 1 } }],
  ),
  func(
    'Sequential#compile of a metric and a rate of what functions return',
    async (metric: unknown, rate: unknown) => {
      const model = small(false);
      const optimizer = lamella.optimizers.sgd({ learningRate: (() => rate) as never });
      model.compile({ optimizer, loss: 'mse', metrics: [(() => metric) as never] });
      await model.fit(x(), y(), { verbose: 0 });
      model.evaluate(x(), y());
    },
    () => [0.5, 0.1],
  ),
  method('Sequential#evaluate', small, () => [x(), y(), evaluation()]),
  method('Sequential#testOnBatch', small, () => [x(), y(), { sampleWeight: weights() }]),
  method('Sequential#trainOnBatch', small, () => [
    x(),
    y(),
    { sampleWeight: weights(), classWeight: { 0: 1, 1: 2 } },
  ]),
  func('Sequential#setTrainingState', goOn, () => [state()]),
  method('Sequential#setWeights', small, () => [small().getWeights()]),
  method('Sequential#predict', small, () => [
    x(),
    { out: new Float32Array(8), batchSize: 2, verbose: 0, threads: 1 },
  ]),
  method('Sequential#predictOnBatch', small, () => [x()]),
  method('Sequential#predictClasses', small, () => [x()]),
  method('Sequential#summary', small, () => [{ print: (): void => {} }]),
  method('Sequential#summary of console.log', small, () => []),
  method('Sequential#toJSON', small, () => [{ weights: true }]),
  setter('Sequential#learningRate=', small, () => 0.1),
  setter('Sequential#stopTraining=', small, () => true),
  ...['toBytes', 'getTrainingState', 'getWeights', 'countParams'].map((member) =>
    method(`Sequential#${member}`, small, () => []),
  ),
  refusing(func('Sequential.fromBytes', lamella.Sequential.fromBytes, () => [new Uint8Array(9)])),
  refusing(func('loadModel', lamella.loadModel, () => [new Uint8Array(9), { maxBytes: 1000 }])),
  refusing(func('predict.loadModel', loadPredictor, () => [new Uint8Array(9), { maxBytes: 1000 }])),
  method('Sequential#predictAsync', small, () => [
    x(),
    { out: new Float32Array(8), batchSize: 2, verbose: 0, ...inSlices() },
  ]),
  method('Sequential#evaluateAsync', small, () => [x(), y(), { ...evaluation(), ...inSlices() }]),
  setter('Sequential#trainable=', small, () => false),
  method('SequentialPredictor#predict', loaded, () => [
    x(),
    { out: new Float32Array(8), batchSize: 2, verbose: 0, threads: 1 },
  ]),
  method('SequentialPredictor#predictAsync', loaded, () => [
    x(),
    { out: new Float32Array(8), ...inSlices() },
  ]),
  method('SequentialPredictor#predictOnBatch', loaded, () => [x()]),
  method('SequentialPredictor#predictClasses', loaded, () => [x()]),
  method('SequentialPredictor#setWeights', loaded, () => [small().getWeights()]),
  method('SequentialPredictor#summary', loaded, () => [{ print: (): void => {} }]),
  refusing(method('SequentialPredictor#add', loaded, () => [lamella.layers.dense({ units: 1 })])),
  refusing(method('SequentialPredictor#toJSON', loaded, () => [])),
  setter('SequentialPredictor#trainable=', loaded, () => false),
  ...['getWeights', 'countParams'].map((member) => method(`SequentialPredictor#${member}`, loaded, () => [])),
];

const layer = (): lamella.Layer => small().layers[0];

const layers: Call[] = [
  method('Layer#setWeights', layer, () => [layer().getWeights()]),
  method('Layer#getWeights', layer, () => []),
  method('Layer#countParams', layer, () => []),
  setter('Layer#trainable=', layer, () => false),
];

export const sequentialCalls: readonly Call[] = [...models, ...layers];
