import { FormatError, layers, loadModel, sequential } from 'lamella';
import { describe, expect, test } from 'vitest';
import { headerOf, withHeader } from '../io/files.js';

/** A file of a model of images; without the checksum that would tell of a change. */
function file(change: (config: any, header: any) => void): Uint8Array {
  const model = sequential({
    seed: 1,
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, groups: 2, padding: 'same', inputShape: [9, 8, 2] }),
      layers.batchNormalization(),
      layers.maxPooling2d(),
      layers.flatten(),
      layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  model.getWeights();
  return withHeader(model.toBytes(), (header) => {
    const config = JSON.parse(header.__metadata__.config);
    change(config, header);
    Object.assign(header.__metadata__, { checksum: undefined, config: JSON.stringify(config) });
  });
}

/** The layer of that type, wherever the config has its layers. */
function layerOf(config: any, type: string): any {
  if (config?.type === type) return config;
  if (typeof config !== 'object' || config === null) return undefined;
  for (const value of Object.values(config)) {
    const found = layerOf(value, type);
    if (found) return found;
  }
  return undefined;
}

const changed = (name: string, value: unknown) => file((config) => (layerOf(config, 'conv2d')[name] = value));

describe('a model of images is refused at once', () => {
  test('unless nothing is wrong', async () => {
    const model = await loadModel(file(() => {}));
    expect((model as any).layers).toHaveLength(5);
  });

  test.each<[string, () => Uint8Array, string]>([
    ['with a huge kernel', () => changed('kernelSize', [1e9, 1e9]), 'kernelSize [1000000000, 1000000000]'],
    [
      'with a huge dilation',
      () => changed('dilationRate', [1e9, 1e9]),
      'dilationRate [1000000000, 1000000000]',
    ],
    ['with strides of 0', () => changed('strides', [0, 0]), 'strides must be an integer >= 1'],
    [
      'with strides that are no number',
      () => changed('strides', { $number: 'NaN' }),
      'strides must be an integer',
    ],
    ['with a kernel of three sides', () => changed('kernelSize', [3, 3, 3]), 'kernelSize must be an integer'],
    [
      'with groups that do not divide the filters',
      () => changed('groups', 3),
      'groups must divide the 4 filters',
    ],
    [
      'with groups that do not divide the channels',
      () => changed('groups', 4),
      'groups needs a number of channels',
    ],
    ['with other groups than its weights', () => changed('groups', 1), 'of shape (3, 3, 2, 4)'],
    ['with huge filters', () => changed('filters', 1e9), '1000000000'],
    [
      'with a pooling window of 0',
      () => file((c) => (layerOf(c, 'maxPooling2d').poolSize = [0, 0])),
      'poolSize must be',
    ],
    ['with channels first', () => changed('dataFormat', 'channelsFirst'), 'channels last only'],
    [
      'with an array renamed',
      () => file((_, header) => rename(header, 'kernel', 'colonel')),
      'must be there',
    ],
    [
      'with an array of another shape',
      () => file((_, header) => (find(header, 'kernel').shape = [3, 3, 4, 1])),
      'of shape (3, 3, 1, 4)',
    ],
  ])('%s', async (_name, make, sentence) => {
    const bytes = make();
    const begin = process.cpuUsage();
    const error = (await loadModel(bytes).catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toContain(sentence);
    expect(process.cpuUsage(begin).user / 1000).toBeLessThan(2000);
  });

  test('with a weight that is no number, by its name', async () => {
    const bytes = file(() => {});
    const { length, text } = headerOf(bytes);
    const [begin] = find(JSON.parse(text), 'kernel').data_offsets;
    new DataView(bytes.buffer, bytes.byteOffset).setFloat32(8 + length + begin, NaN, true);
    await expect(loadModel(bytes)).rejects.toThrow(/kernel/);
  });
});

const named = (header: any, name: string): string =>
  Object.keys(header).find((key) => key.startsWith('layers.0.') && key.endsWith(name))!;

const find = (header: any, name: string): any => header[named(header, name)];

function rename(header: any, name: string, other: string): void {
  const key = named(header, name);
  header[key.replace(name, other)] = header[key];
  delete header[key];
}
