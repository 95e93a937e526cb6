import { FormatError, loadModel, MLPClassifier, Perceptron, ValueError } from 'lamella';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../src/io/safetensors.js';
import { blobs, trained } from '../estimators/blobs.js';
import { expectRefusal } from '../estimators/refusal.js';
import { headerOf } from '../io/files.js';
import { withConfig, withMetadata } from './config.js';

const { x, y } = blobs();
let classifier: Uint8Array<ArrayBuffer>;
let perceptron: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  classifier = (await trained()).toBytes();
  perceptron = (await new Perceptron().fit(x, y)).toBytes();
});

describe('loadModel refuses', () => {
  test.each<[string, unknown, string]>([
    [
      'a path',
      'model.safetensors',
      "'model.safetensors'; files are read by lamella/node: readModel, readIdx, readNpy, ...",
    ],
    ['nothing', undefined, 'undefined'],
    ['a list', [1, 2], '[1, 2]'],
  ])('%s instead of a file', async (_name, bytes, received) => {
    const sentence = `A model must be given as the bytes of its file, a Uint8Array, but received ${received}.`;
    await expectRefusal(() => loadModel(bytes as Uint8Array), ValueError, sentence);
  });

  test('safetensors files of other programs', async () => {
    await expectRefusal(
      () => loadModel(writeSafetensors(new Map(), { format: 'pt' })),
      FormatError,
      "The file is not a lamella model; it looks like a safetensors file of another program: its __metadata__ must have the format 'lamella', but received 'pt'.",
    );
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    [
      'files of a later version, and says so',
      { version: '7' },
      'The file has version 7 of the model format, but this release of lamella reads version 1; read it with a later release.',
    ],
    [
      'versions that are none',
      { version: '1.5' },
      "A model file must have the version 1 in __metadata__, but received '1.5'.",
    ],
    [
      'files without kind',
      { kind: undefined },
      'A model file must have its kind in __metadata__, but received none.',
    ],
    [
      'kinds that it does not know',
      { kind: '__proto__' },
      "A model file must hold one of the kinds MLPClassifier, MLPRegressor, Perceptron, Sequential, TableClassifier, TableRegressor, Pipeline, but received '__proto__'.",
    ],
    [
      'files without config',
      { config: undefined },
      'A model file must have its config in __metadata__, but received none.',
    ],
    [
      'a config that is no JSON',
      { config: '{' },
      'The config of a model file: the JSON at byte 1 must have a name in double quotes, but received the end of the text.',
    ],
    [
      'a config that is no object',
      { config: 'null' },
      'A model file must hold a sound model: MLPClassifier: options must be an object, but received null.',
    ],
    [
      'data that are marked as what they are not',
      { config: '{"$number":"five"}' },
      "A model file must mark its data with $number, $map, $object, $random, but received an unfit '$number'.",
    ],
  ])('%s', async (_name, change, sentence) => {
    await expectRefusal(() => loadModel(withMetadata(classifier, change)), FormatError, sentence);
  });

  test('a file in which a single bit of the weights is wrong', async () => {
    const damaged = classifier.slice();
    damaged[damaged.length - 3] ^= 1;
    await expect(loadModel(damaged)).rejects.toThrow(/its checksum '[0-9a-f]{8}'.*the file is damaged\.$/);
  });

  test('models of another kind where one kind is asked for', async () => {
    await expectRefusal(
      () => MLPClassifier.fromBytes(perceptron),
      FormatError,
      "MLPClassifier.fromBytes: the file must hold a model of kind 'MLPClassifier', but received 'Perceptron'; loadModel reads every kind.",
    );
  });
});

describe('a classifier is refused with', () => {
  test.each<[string, (config: any) => void, string]>([
    [
      'more units than its file has weights for',
      (config) => (config.network.params.hiddenLayerSizes = [65536]),
      "MLPClassifier: the array 'layers.0.kernel' of a model file must be float32 of shape (4, 65536), but received F32 of shape (4, 5).",
    ],
    [
      'huge units',
      (config) => (config.network.params.hiddenLayerSizes = [1e9]),
      'A model file must hold a sound model: MLPClassifier: hiddenLayerSizes must be at most 65536 units each, but received 1000000000.',
    ],
    [
      'more layers than its file has',
      (config) => config.network.params.hiddenLayerSizes.push(3),
      "MLPClassifier: the array 'layers.2.kernel' of a model file must be there, but received none of that name.",
    ],
    [
      'another number of inputs',
      (config) => (config.network.inputs = 9007199254740991),
      "MLPClassifier: the array 'layers.0.kernel' of a model file must be float32 of shape (9007199254740991, 5), but received F32 of shape (4, 5).",
    ],
    [
      'another number of classes',
      (config) => config.classes.push(3),
      'MLPClassifier: a model file must have outputs that go with its classes, but received 3 softmax outputs for 4 classes.',
    ],
    [
      'classes in disorder',
      (config) => (config.classes = [1, 0, 2]),
      'MLPClassifier: classes of a model file must be sorted and distinct, but received another order.',
    ],
    [
      'classes of several types',
      (config) => (config.classes = [0, '1', true]),
      "A model file must hold a sound model: MLPClassifier: classes must hold labels of one type (finite numbers), but received '1' at index 1.",
    ],
    [
      'classes that are no list',
      (config) => (config.classes = { length: 3 }),
      'MLPClassifier: classes of a model file must be a list, but received another type.',
    ],
    [
      'an option that does not exist',
      (config) => (config.params.hiddenLayers = 3),
      "A model file must hold a sound model: MLPClassifier: 'hiddenLayers' is not an option; did you mean 'hiddenLayerSizes'?",
    ],
    [
      'a text where a function may stand',
      (config) => (config.params.onWarning = 'alert(1)'),
      "A model file must hold a sound model: MLPClassifier: onWarning must be a function or null, but received 'alert(1)'.",
    ],
    [
      'an unknown activation',
      (config) => (config.network.params.activation = 'constructor'),
      "'constructor' is not an activation; ",
    ],
    [
      'a member too few',
      (config) => delete config.network.outputs,
      "MLPClassifier: network: a model file must have 'outputs', but received none.",
    ],
    [
      'a member too many',
      (config) => (config.code = '1'),
      "A model file must hold a sound model: MLPClassifier: 'code' is not an option;",
    ],
    [
      'a negative count of epochs',
      (config) => (config.progress.nIter = -1),
      'A model file must hold a sound model: MLPClassifier: progress: nIter must be an integer >= 0, but received -1.',
    ],
    [
      'an optimizer out of bounds',
      (config) => (config.optimizer.state.beta1Power = 2),
      'A model file must hold a sound model: MLPClassifier: optimizer state: beta1Power must be a number >= 0 and <= 1, but received 2.',
    ],
    [
      'state that is not in the file',
      (config) => (config.optimizer.slots = 3),
      "MLPClassifier: the array 'optimizer.2.layers.0.kernel' of a model file must be there, but received none of that name.",
    ],
    [
      'arrays that belong to nothing',
      (config) => (config.optimizer = null),
      "MLPClassifier: a model file must hold the arrays of its model only, but received 'optimizer.0.layers.0.bias' as well.",
    ],
  ])('%s', async (name, change, sentence) => {
    const bytes = withConfig(classifier, change);
    const error = (await loadModel(bytes).catch((reason: unknown) => reason)) as Error;
    expect(error, name).toBeInstanceOf(FormatError);
    const loose = !sentence.endsWith('.') && !sentence.endsWith('?');
    if (loose) expect(error.message).toContain(sentence);
    else expect(error.message).toBe(sentence);
  });

  test('an own member called __proto__', async () => {
    const config: string = JSON.parse(headerOf(classifier).text).__metadata__.config;
    const bytes = withMetadata(classifier, { config: config.replace('{', '{"__proto__":{"polluted":1},') });
    await expect(loadModel(bytes)).rejects.toThrow(FormatError);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('a weight that is no number, by its name', async () => {
    const broken = withMetadata(classifier, {});
    const { length, text } = headerOf(broken);
    const [begin] = JSON.parse(text)['layers.1.bias'].data_offsets;
    new DataView(broken.buffer).setFloat32(8 + length + begin + 4, NaN, true);
    await expectRefusal(
      () => loadModel(broken),
      FormatError,
      "MLPClassifier: the array 'layers.1.bias' of a model file must hold finite numbers, but received NaN at index 1.",
    );
  });
});

describe('a Perceptron is refused with', () => {
  test.each<[string, (config: any) => void, string]>([
    [
      'fewer classes than coefficients',
      (config) => config.fitted.classes.pop(),
      "Perceptron: the array 'coef' of a model file must be float64 of shape (1, 4), but received F64 of shape (3, 4).",
    ],
    [
      'a single class',
      (config) => (config.fitted.classes = ['a']),
      'Perceptron: a model file must have at least 2 classes, but received 1.',
    ],
    [
      'an unfit option',
      (config) => (config.params.eta0 = 0),
      'A model file must hold a sound model: Perceptron: eta0 must be a number > 0, but received 0.',
    ],
  ])('%s', async (_name, change, sentence) => {
    await expectRefusal(() => Perceptron.fromBytes(withConfig(perceptron, change)), FormatError, sentence);
  });

  test('any bit wrong, unless it is read as the same model', async () => {
    const right = (await Perceptron.fromBytes(perceptron)).coef;
    for (let bit = 0; bit < 8 * perceptron.length; bit++) {
      const flipped = perceptron.slice();
      flipped[bit >>> 3] ^= 1 << (bit & 7);
      const result: unknown = await Perceptron.fromBytes(flipped).catch((reason: unknown) => reason);
      if (result instanceof Perceptron) expect(result.coef).toEqual(right);
      else expect(result).toBeInstanceOf(FormatError);
    }
  });

  test('any end cut off', async () => {
    for (let length = 0; length < perceptron.length; length++) {
      await expect(loadModel(perceptron.subarray(0, length))).rejects.toThrow(FormatError);
    }
  });
});
