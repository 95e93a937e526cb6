import type { Network } from '../model/network.js';
import type { Dataset } from '../train/data.js';
import type { Trainer } from '../train/trainer.js';
import type { Optimizer } from './progress.js';

/** Data of at most this many values are gathered from the caller's array; for more, an arena of their own pays. */
const MOST_VALUES = 262144;

/** The trainer of the last partialFit, so that the next one needs no new memory. */
export class KeptTrainer {
  #kept: { readonly network: Network; readonly optimizer: Optimizer; readonly trainer: Trainer } | undefined;

  drop(): void {
    this.#kept = undefined;
  }

  /**
   * A trainer that holds the weights of the network: the one that is kept if it is of the same network and optimizer, else
   * a new one by `open`, which is told whether to take the data set into its arena.
   */
  trainer(wanted: {
    readonly network: Network;
    readonly optimizer: Optimizer;
    readonly dataset: Dataset;
    readonly open: (resident: boolean) => Trainer;
  }): Trainer {
    const { network, optimizer, dataset, open } = wanted;
    if (dataset.rows.data.length > MOST_VALUES) {
      this.drop();
      return open(true);
    }
    if (this.#kept?.network === network && this.#kept.optimizer === optimizer) {
      this.#kept.trainer.setParameters(network.packed);
      return this.#kept.trainer;
    }
    const trainer = open(false);
    this.#kept = { network, optimizer, trainer };
    return trainer;
  }
}
