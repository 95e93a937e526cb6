import { setFlagsFromString } from 'node:v8';
import { expect, test, vi } from 'vitest';
import { layers, MLPClassifier, MLPRegressor, sequential } from 'lamella';
import { Session } from '../../src/train/session.js';
import { Trainer } from '../../src/train/trainer.js';
import { Seeded } from '../helpers/seeded.js';

setFlagsFromString('--allow-natives-syntax');
const haveSameMap = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;

const seeded = new Seeded(5);
const x = { data: seeded.floats(60 * 4), shape: [60, 4] } as const;
const values = seeded.floats(60);
const labels = Array.from(values, (value) => Number(value > 0));

const common = { maxIter: 3, batchSize: 20, randomState: 1, onWarning: () => {} } as const;

const fits = {
  regressor: () => new MLPRegressor({ ...common, hiddenLayerSizes: [9], alpha: 0 }).fit(x, values),
  classifier: () =>
    new MLPClassifier({ ...common, hiddenLayerSizes: [3, 2], solver: 'sgd', alpha: 0.1 }).fit(x, labels),
  async sequential() {
    const dense = layers.dense({ units: 5, activation: 'relu', inputShape: [4], kernelRegularizer: 'l2' });
    const others = [layers.batchNormalization(), layers.dropout({ rate: 0.2 }), layers.dense({ units: 1 })];
    const model = sequential({ seed: 1, layers: [dense, ...others] });
    model.compile({ optimizer: 'rmsprop', loss: 'meanAbsoluteError' });
    await model.fit(x, values, { epochs: 3, batchSize: 20, verbose: 0, classWeight: undefined });
  },
};

/** What the steps of a training read, by name. */
async function readBySteps(fit: () => Promise<unknown>): Promise<Record<string, readonly object[]>> {
  const trainers = vi.spyOn(Trainer.prototype, 'step');
  const sessions = vi.spyOn(Session.prototype, 'step');
  await fit();
  const session = sessions.mock.contexts[0] as Session;
  const trainer = trainers.mock.contexts[0] as Trainer;
  const [dataset] = sessions.mock.calls[0];
  const { plan, arena, options } = session;
  const { parameters, input, loss, updates } = plan;
  const rules = parameters.map((parameter) => parameter.rules);
  vi.restoreAllMocks();
  return {
    ...{ trainer: [trainer], session: [session], dataset: [dataset] },
    ...{ plan: [plan], arena: [arena], options: [options], network: [options.network], parameters, rules },
    ...{ input: [input], loss: [loss!], penalties: [loss!.penalties], updates: [updates!] },
  };
}

test('what steps read has one hidden class in all trainings, whatever the networks and interfaces', async () => {
  const first = await readBySteps(fits.regressor);
  for (const fit of Object.values(fits)) {
    const found = await readBySteps(fit);
    for (const [name, objects] of Object.entries(found)) {
      const different = objects.filter((object) => !haveSameMap(object, first[name][0]));
      expect(different.length, `${name} of ${fit.name}`).toBe(0);
    }
  }
});
