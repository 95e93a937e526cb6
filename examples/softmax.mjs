/**
 * Softmax turns any numbers into probabilities; cross-entropy is the loss for the probability of the true
 * class.
 *
 *   node examples/softmax.mjs
 */
import { init, layers, sequential } from 'lamella';

await init();
const logits = [[2.3, 4.1, 5.6]];
const model = sequential({ layers: [layers.activation({ activation: 'softmax', inputShape: [3] })] });
const probabilities = Array.from(model.predict(logits).data);
console.log(`softmax(${logits[0].join(', ')}) = (${probabilities.map((p) => p.toFixed(4)).join(', ')})`);
console.log(`sum ${probabilities.reduce((sum, p) => sum + p, 0).toFixed(4)}\n`);

model.compile({ loss: 'sparseCategoricalCrossentropy' });
for (const label of [0, 1, 2]) {
  const { loss } = model.evaluate(logits, [label]);
  const byHand = -Math.log(probabilities[label]);
  console.log(
    `class ${label} is true: cross-entropy ${loss.toFixed(4)} = -log ${probabilities[label].toFixed(4)} = ${byHand.toFixed(4)}`,
  );
}
