/**
 * Models of tables whose networks have some options of the user's, the others chosen by rows and columns; and
 * the flags for these options. Not for training, which train/ does.
 */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { integerFlag, numberFlag } from './csv.js';
import { checkingFlags } from './errors.js';
import { MLPClassifier } from '../estimators/mlp-classifier.js';
import { MLPRegressor } from '../estimators/mlp-regressor.js';
import type { MLPOptions } from '../estimators/options.js';
import { TableClassifier } from '../table/classifier.js';
import type { TableModelOptions } from '../table/options.js';
import { TableRegressor } from '../table/regressor.js';
import type { TableSize } from '../table/architecture.js';

/** A model of tables of either kind. */
export type TableModel = TableClassifier | TableRegressor;

/** What a model of a table predicts. */
export type Task = 'classification' | 'regression';

/** Flags of a network as commander gives them. */
export interface NetworkFlags {
  readonly hidden?: readonly number[];
  readonly epochs?: number;
  readonly alpha?: number;
  readonly learningRateInit?: number;
  readonly batchSize?: number;
  readonly activation?: string;
  readonly solver?: string;
  readonly dropout?: number;
  readonly nIterNoChange?: number;
}

/** '50,20' as sizes of layers. @throws InvalidArgumentError for anything else */
function hiddenFlag(text: string): number[] {
  const sizes = text.split(',').map((size) => (/^[1-9]\d{0,5}$/.test(size) ? Number(size) : NaN));
  if (!sizes.some(Number.isNaN)) return sizes;
  throw new InvalidArgumentError('It must be numbers of units, such as 50,20.');
}

/** Adds the flags of networks to a command. */
export function addNetworkFlags(command: Command): Command {
  const chosen = '(default: chosen by rows and columns)';
  return command
    .option('--hidden <units>', `units of each hidden layer, such as 50,20 ${chosen}`, hiddenFlag)
    .option('--epochs <n>', `most epochs ${chosen}`, integerFlag(1))
    .option('--alpha <number>', `L2 penalty ${chosen}`, numberFlag)
    .option('--batch-size <n>', `rows of a batch ${chosen}`, integerFlag(1))
    .option('--learning-rate-init <number>', 'learning rate (default: 0.001)', numberFlag)
    .option('--activation <name>', 'activation of the hidden layers (default: relu)')
    .option('--solver <name>', 'adam, sgd or lbfgs (default: adam)')
    .option('--dropout <share>', 'share of the outputs of hidden layers set to 0 (default: 0)', numberFlag)
    .option(
      '--n-iter-no-change <n>',
      `epochs without improvement that end training ${chosen}`,
      integerFlag(1),
    );
}

/** The options that flags stand for. @throws CliError for bad values */
export function networkOptions({ hidden, epochs, ...flags }: NetworkFlags): MLPOptions {
  const { alpha, learningRateInit, batchSize, activation, solver, dropout, nIterNoChange } = flags;
  const given = {
    ...{ hiddenLayerSizes: hidden, maxIter: epochs, alpha, learningRateInit, batchSize },
    ...{ activation, solver, dropout, nIterNoChange },
  };
  const options = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as MLPOptions;
  checkingFlags(() => new MLPClassifier(options));
  return options;
}

/** Told the most epochs, once they are known. */
export type OnEpochs = (maxIter: number) => void;

class ChosenClassifier extends TableClassifier {
  readonly #network: MLPOptions;
  readonly #onEpochs: OnEpochs;

  constructor(options: TableModelOptions, network: MLPOptions, onEpochs: OnEpochs) {
    super(options);
    this.#network = network;
    this.#onEpochs = onEpochs;
  }

  protected override networkOptions(size: TableSize): MLPOptions {
    const options = { ...super.networkOptions(size), ...this.#network };
    this.#onEpochs(new MLPClassifier(options).getParams().maxIter);
    return options;
  }
}

class ChosenRegressor extends TableRegressor {
  readonly #network: MLPOptions;
  readonly #onEpochs: OnEpochs;

  constructor(options: TableModelOptions, network: MLPOptions, onEpochs: OnEpochs) {
    super(options);
    this.#network = network;
    this.#onEpochs = onEpochs;
  }

  protected override networkOptions(size: TableSize): MLPOptions {
    const options = { ...super.networkOptions(size), ...this.#network };
    this.#onEpochs(new MLPRegressor(options).getParams().maxIter);
    return options;
  }
}

/** A model of a table, not trained yet. */
export function makeModel(
  task: Task,
  options: TableModelOptions,
  network: MLPOptions,
  onEpochs: OnEpochs = () => {},
): TableModel {
  return task === 'classification'
    ? new ChosenClassifier(options, network, onEpochs)
    : new ChosenRegressor(options, network, onEpochs);
}
