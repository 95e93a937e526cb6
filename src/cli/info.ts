/**
 * The command `info`: what a model file holds, of whichever kind the model is. Predictions are the work of
 * predict.ts.
 */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { AnyModel } from '../model-files/load.js';
import { readModel } from '../node/files.js';
import { Perceptron } from '../estimators/perceptron/perceptron.js';
import type { MLPClassifier } from '../estimators/mlp-classifier.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { Sequential } from '../sequential/sequential.js';
import { TableClassifier } from '../table/classifier.js';
import { TableRegressor } from '../table/regressor.js';
import type { ColumnReport } from '../table/vectorizer.js';
import type { NdArray } from '../ndarray.js';
import { EXIT } from './errors.js';
import { alignedRows, count } from './output.js';
import type { Terminal } from './terminal.js';
import { scoresText } from './train/report.js';

/** The flags of `info` as commander gives them. */
export interface InfoFlags {
  readonly json?: boolean;
}

/** Adds the flags of `info` to its command. */
export function addInfoFlags(command: Command): Command {
  return command.option('--json', 'print one JSON document');
}

/** What a model file holds. */
interface Info {
  readonly kind: string;
  /** Bytes of the file. */
  readonly bytes: number;
  readonly parameters: number;
  readonly layers: readonly { readonly name: string; readonly parameters: number; readonly shape: string }[];
  readonly inputs: number | null;
  readonly classes: readonly (string | number | boolean)[] | null;
}

const product = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1);

/** The layers of an estimator: its matrices, each with its vector. */
function layersOf(coefs: readonly NdArray[], intercepts: readonly { readonly length: number }[]) {
  return coefs.map(({ shape }, i) => ({
    name: `dense ${i + 1}`,
    shape: shape.join(' × '),
    parameters: product(shape) + intercepts[i].length,
  }));
}

function describeModel(model: AnyModel | Pipeline): Omit<Info, 'bytes'> {
  if (model instanceof TableClassifier || model instanceof TableRegressor) {
    const { layers, parameters } = describeModel(model.estimator as AnyModel);
    const classes = model instanceof TableClassifier ? model.classes : null;
    return { kind: model.name, layers, parameters, inputs: model.report().length, classes };
  }
  if (model instanceof Pipeline) {
    const [first, last] = [0, -1].map((i): AnyModel => Object.values(model.namedSteps).at(i) as AnyModel);
    return { ...describeModel(last), kind: 'Pipeline', inputs: (first as MLPClassifier).nFeaturesIn };
  }
  if (model instanceof Sequential) {
    const layers = model.layers.map((layer) => {
      const weights = layer.getWeights();
      const shapes = weights.map(({ shape }) => shape.join(' × ')).join(', ');
      const parameters = weights.reduce((sum, { shape }) => sum + product(shape), 0);
      return { name: layer.name, shape: shapes, parameters };
    });
    return { kind: 'Sequential', layers, parameters: model.countParams(), inputs: null, classes: null };
  }
  const layers =
    model instanceof Perceptron
      ? layersOf([model.coef as unknown as NdArray], [model.intercept])
      : layersOf(model.coefs, model.intercepts);
  return {
    ...{ kind: model.constructor.name, layers, inputs: model.nFeaturesIn },
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    classes: 'classes' in model ? [...model.classes] : null,
  };
}

/** What a model of tables knows beside its network. */
function tableInfo(model: AnyModel) {
  if (!(model instanceof TableClassifier || model instanceof TableRegressor)) return undefined;
  const { target, decisions, heldOut } = model;
  return { target, columns: model.report(), decisions, heldOut };
}

/** Classes that are listed. */
const MAX_CLASSES = 20;

function infoText(path: string, info: Info, model: AnyModel): string {
  const { kind, bytes, parameters, layers, inputs, classes } = info;
  const table = tableInfo(model);
  const list = classes?.slice(0, MAX_CLASSES).join(', ');
  const lines = [
    `${path}: ${kind}, ${count(parameters, 'parameter')}, ${count(bytes, 'byte')}`,
    ...(table ? [`predicts ${table.target} from ${count(table.columns.length, 'column')}`] : []),
    ...(!table && inputs !== null ? [`predicts from ${count(inputs, 'number')} a row`] : []),
    ...(classes
      ? [
          `${count(classes.length, 'class', 'classes')}: ${list}${classes.length > MAX_CLASSES ? ', ...' : ''}`,
        ]
      : []),
  ];
  const shapes = layers.map(({ name, shape, parameters: own }) => [name, shape, String(own)]);
  const sections = [
    `${lines.join('\n')}\n`,
    alignedRows([['layer', 'weights', 'parameters'], ...shapes], [2]),
    ...(table ? [columnsText(table.columns)] : []),
    ...(table?.heldOut ? [`Scores on the rows held out in training:\n${scoresText(table.heldOut)}`] : []),
  ];
  return sections.join('\n');
}

function columnsText(columns: readonly ColumnReport[]): string {
  const rows = columns.map(({ column, type, treatment, reason }) => [column, type, treatment, reason]);
  return alignedRows([['column', 'type', 'treatment', 'reason'], ...rows]);
}

/** Prints what a model file holds. */
export async function info(terminal: Terminal, path: string, { json = false }: InfoFlags): Promise<number> {
  const file = terminal.resolve(path);
  const model = await readModel(file);
  const found: Info = { ...describeModel(model), bytes: (await stat(file)).size };
  const document = { model: path, ...found, ...tableInfo(model) };
  await terminal.write(json ? `${JSON.stringify(document, null, 2)}\n` : infoText(path, found, model));
  return EXIT.ok;
}
