/**
 * McCulloch and Pitts, 1943: units that fire when their weighted inputs reach a threshold compute logic. One
 * unit does AND, OR and NOT; XOR takes two layers. Nothing is trained: the weights are set.
 *
 *   node examples/threshold-unit.mjs
 */
import { init, layers, sequential } from 'lamella';

await init();

/** Makes a network of threshold units, from the weights (inputs, units) and the biases of each layer. */
function thresholds(...parameters) {
  const model = sequential({
    layers: parameters.map(({ weights, biases }, i) =>
      layers.dense({
        units: biases.length,
        activation: 'heaviside',
        ...(i === 0 && { inputShape: [weights.length] }),
      }),
    ),
  });
  model.setWeights(parameters.flatMap(({ weights, biases }) => [weights, biases]));
  return model;
}

const pairs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const and = { weights: [[1], [1]], biases: [-1.5] };
const or = { weights: [[1], [1]], biases: [-0.5] };
const not = { weights: [[-1]], biases: [0.5] };
/** XOR: OR and NAND in the first layer, AND of both in the second. */
const orNand = {
  weights: [
    [1, -1],
    [1, -1],
  ],
  biases: [-0.5, 1.5],
};

const gates = {
  AND: [thresholds(and), pairs],
  OR: [thresholds(or), pairs],
  NOT: [thresholds(not), [[0], [1]]],
  XOR: [thresholds(orNand, and), pairs],
};
for (const [name, [model, inputs]] of Object.entries(gates)) {
  const outputs = model.predict(inputs).data;
  console.log(
    `${name.padEnd(4)} ${inputs.map((input, i) => `${input.join(' ')} -> ${outputs[i]}`).join('   ')}`,
  );
}
