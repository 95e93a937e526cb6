import { layers, loadModel, MLPClassifier, MLPRegressor, Perceptron, pipeline, sequential } from 'lamella';
import { OneHotEncoder, StandardScaler } from 'lamella';
import { ColumnTransformer, fromRecords, TableClassifier, TableRegressor } from 'lamella/table';
import { loadModel as loadPredictor } from 'lamella/predict';
import { LamellaError } from 'lamella';
import { fileOf, headerOf, withHeader } from '../io/files.js';
import { Seeded } from '../helpers/seeded.js';

/** A file that is not what it was, and what was done to it. */
export type Mutation = readonly [what: string, bytes: Uint8Array];

/** Options of a model of tables whose estimator is small. */
const own = (Estimator: typeof MLPClassifier | typeof MLPRegressor, network: object) => ({
  ...{ onWarning: () => {}, randomState: 1 },
  estimator: new Estimator(network),
});

/** Small files of every kind of model, with a training under way in them. */
export async function smallFiles(): Promise<Map<string, Uint8Array>> {
  const x = [
    [0, 1, 2],
    [1, 0, 1],
    [2, 2, 0],
    [1, 2, 2],
  ];
  const silent = { onWarning: () => {}, randomState: 1, maxIter: 3 };
  const network = { ...silent, hiddenLayerSizes: [3] };
  const dense = sequential({
    seed: 1,
    layers: [
      layers.dense({ units: 3, activation: 'relu', kernelRegularizer: 'l2', inputShape: [3] }),
      layers.batchNormalization(),
      layers.dense({ units: 1, kernelConstraint: 'maxNorm' }),
    ],
  });
  dense.compile({ optimizer: 'adam', loss: 'huber', metrics: ['meanAbsoluteError'] });
  dense.trainOnBatch(x, [1, 2, 3, 4]);
  const images = sequential({
    seed: 1,
    layers: [
      layers.randomTranslation({ heightFactor: 0.1, widthFactor: 0.1, inputShape: [6, 6, 1] }),
      layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
      layers.maxPooling2d(),
      layers.zeroPadding2d(),
      layers.spatialDropout2d({ rate: 0.5 }),
      layers.globalAveragePooling2d(),
      layers.reshape({ targetShape: [2] }),
    ],
  });
  const table = fromRecords(
    Array.from({ length: 24 }, (_, i) => ({
      ...{ size: i % 7 === 0 ? null : i, colour: ['red', 'green', null][i % 3], sold: i % 4 === 0 },
      ...{ when: new Date(86400000 * i), name: i % 2 ? 'a' : 'b', price: 3 * i },
    })),
  );
  const columns = new ColumnTransformer([
    ['size', new StandardScaler(), ['price']],
    ['colour', new OneHotEncoder(), ['colour']],
  ]);
  const labels = table.column('name') as string[];
  return new Map([
    [
      'TableClassifier',
      (await new TableClassifier({ target: 'name', ...own(MLPClassifier, network) }).fit(table)).toBytes(),
    ],
    [
      'TableRegressor',
      (await new TableRegressor({ target: 'price', ...own(MLPRegressor, network) }).fit(table)).toBytes(),
    ],
    ['Pipeline', (await pipeline([columns, new MLPClassifier(network)]).fit(table, labels)).toBytes()],
    ['MLPClassifier', (await new MLPClassifier(network).fit(x, ['a', 'b', 'a', 'c'])).toBytes()],
    [
      'MLPRegressor',
      (await new MLPRegressor({ ...network, solver: 'lbfgs' }).fit(x, [1, 2, 3, 4])).toBytes(),
    ],
    ['Perceptron', (await new Perceptron(silent).fit(x, [0, 1, 0, 2])).toBytes()],
    ['Sequential of rows', dense.toBytes()],
    ['Sequential of images', images.toBytes()],
  ]);
}

/**
 * Without the checksum, which whoever changes a file leaves out: what is wrong is then for others to find.
 */
function unchecked(bytes: Uint8Array): Uint8Array {
  return withHeader(bytes, (header) => delete header.__metadata__.checksum);
}

/** One byte after the other with other bits, or nothing behind it. */
export function* byteMutations(bytes: Uint8Array, from = 0, step = 1): Generator<Mutation> {
  for (const file of [bytes, unchecked(bytes)]) {
    for (let at = from; at < file.length; at += step) {
      for (const bits of [1, 2, 8, 0x20, 0x80, 0xff]) {
        const changed = file.slice();
        changed[at] ^= bits;
        yield [`byte ${at} with the bits ${bits} changed`, changed];
      }
      yield [`the first ${at} bytes`, file.slice(0, at)];
    }
  }
}

/** What stands where something else was expected. */
const WRONG: readonly unknown[] = [
  ...[null, true, -1, 0, 1, 1.5, 7, 1e9, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 1e300],
  ...['', 'x', '__proto__', 'constructor', 'F64', 'relu', '\u0000\u001b[2J', 'é'.repeat(1000)],
  ...[[], [[]], [1], [1, 2, 3, 4, 5, 6, 7], ['a', 1, null], Array.from({ length: 2000 }, () => 1)],
  ...[{}, { name: 'l2' }, { $number: 'NaN' }, { $number: 'Infinity' }, { $map: [[1, 2]] }, { $random: {} }],
  ...[{ $object: [['__proto__', 1]] }, { length: 3 }, { x: { y: { z: [] } } }],
];

/**
 * Every part of a description, one after the other, replaced by each of some values, left out, or doubled.
 */
function* replaced(root: any, path: readonly (string | number)[] = []): Generator<[string, unknown]> {
  const parent = path.slice(0, -1).reduce((at, key) => at[key], root);
  const key = path.at(-1)!;
  const here = path.length === 0 ? root : parent[key];
  if (path.length > 0) {
    for (const wrong of WRONG) {
      parent[key] = wrong;
      yield [`${path.join('.')} = ${JSON.stringify(wrong)?.slice(0, 40)}`, root];
    }
    parent[key] = here;
    if (!Array.isArray(parent)) {
      delete parent[key];
      yield [`no ${path.join('.')}`, root];
      parent[key] = here;
      parent[`${key}_`] = here;
      yield [`${path.join('.')}_`, root];
      delete parent[`${key}_`];
    }
  }
  if (typeof here !== 'object' || here === null) return;
  for (const name of Object.keys(here))
    yield* replaced(root, [...path, Array.isArray(here) ? Number(name) : name]);
}

/** The header with other values in it, and the description of the model in it. */
export function* valueMutations(bytes: Uint8Array): Generator<Mutation> {
  const { length, text } = headerOf(bytes);
  const header = JSON.parse(text);
  delete header.__metadata__.checksum;
  const data = bytes.slice(8 + length);
  for (const [what, changed] of replaced(header)) yield [what, fileOf(JSON.stringify(changed), data)];
  const config = JSON.parse(header.__metadata__.config);
  for (const [what, changed] of replaced(config)) {
    header.__metadata__.config = JSON.stringify(changed);
    yield [`config: ${what}`, fileOf(JSON.stringify(header), data)];
  }
  header.__metadata__.config = JSON.stringify(config);
  for (const [what, changed] of spoiltTexts(JSON.stringify(header))) yield [what, fileOf(changed, data)];
  for (const [what, changed] of spoiltTexts(header.__metadata__.config)) {
    header.__metadata__.config = changed;
    yield [`config: ${what}`, fileOf(JSON.stringify(header), data)];
  }
  for (const lie of [
    0n,
    1n,
    BigInt(length - 8),
    BigInt(length + 8),
    BigInt(bytes.length),
    2n ** 32n,
    2n ** 64n - 1n,
  ]) {
    yield [`a header of ${lie} bytes`, fileOf(text, data, lie)];
  }
}

/** JSON with names twice, `__proto__` as a name, deep nesting, and numbers beyond all others. */
function* spoiltTexts(text: string): Generator<[string, string]> {
  const behind = text.slice(1);
  yield ['a name twice', text.replace(/"([a-z_]+)":/, '"$1":1,"$1":')];
  yield ['__proto__', `{"__proto__":{"polluted":1},${behind}`];
  yield ['deep arrays', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},${behind}`];
  yield ['deep objects', `{"x":${'{"x":'.repeat(50_000)}1${'}'.repeat(50_000)},${behind}`];
  yield ['a huge number', text.replace(/\d+/, '9'.repeat(400))];
  yield ['a huge exponent', text.replace(/\d+/, '1e999')];
  yield ['a long name', `{"${'_'.repeat(100_000)}!":1,${behind}`];
  yield ['a lone surrogate', `{"\\ud800":1,${behind}`];
  yield ['control characters', `{"\\u001b[2J\\n":1,${behind}`];
}

/** Every stride-th of some mutations, from a random one on. */
export function* sampled(mutations: Iterable<Mutation>, stride: number, seed: number): Generator<Mutation> {
  const random = new Seeded(seed);
  let next = Math.floor(random.uniform() * stride);
  let i = 0;
  for (const mutation of mutations) {
    if (i++ < next) continue;
    next += 1 + Math.floor(random.uniform() * (2 * stride - 1));
    yield mutation;
  }
}

/**
 * Load a file in both ways. @returns what went wrong: another error than a LamellaError, a message without
 * end or with control characters, much memory or time
 */
export async function faultOf([what, bytes]: Mutation): Promise<string | undefined> {
  for (const load of [loadModel, loadPredictor] as ((bytes: Uint8Array) => Promise<unknown>)[]) {
    const before = [process.memoryUsage().arrayBuffers, process.cpuUsage().user] as const;
    try {
      await load(bytes);
    } catch (error) {
      if (!(error instanceof LamellaError)) return `${what}: ${String((error as Error)?.stack ?? error)}`;
      if (error.message.length > 2000) return `${what}: a message of ${error.message.length} characters`;
      // eslint-disable-next-line no-control-regex
      if (/[\u0000-\u001f\u007f-\u009f]/.test(error.message))
        return `${what}: ${JSON.stringify(error.message)}`;
    }
    const bytesTaken = process.memoryUsage().arrayBuffers - before[0];
    const milliseconds = (process.cpuUsage().user - before[1]) / 1000;
    if (bytesTaken > 50e6) return `${what}: ${bytesTaken} bytes`;
    if (milliseconds > 1500) return `${what}: ${milliseconds} ms`;
  }
  return undefined;
}
