import type { Network } from '../network/network.js';
import type { Dataset } from '../train/data.js';
import type { Trainer } from '../train/trainer.js';
import type { Pieces } from '../yielding.js';
import type { Optimizer } from './progress.js';

/** Data of at most this many values are gathered from the caller's array; for more, an arena of their own pays. */
const MOST_VALUES = 262144;

/** What a trainer belongs to. */
interface Belonging {
  readonly network: Network;
  readonly optimizer: Optimizer;
  /** Of dropout. */
  readonly seed: number;
}

/** The trainer of the last partialFit, so that the next one needs no new memory. */
export class KeptTrainer {
  #kept: (Belonging & { readonly trainer: Trainer }) | undefined;

  drop(): void {
    this.#kept = undefined;
  }

  /**
   * A trainer that holds the weights of the network: the one that is kept if it is of the same network, optimizer and
   * seed, else a new one by `open`, which is told whether to take the data set into its arena.
   */
  *trainer(
    { network, optimizer, seed }: Belonging,
    dataset: Dataset,
    open: (resident: boolean) => Pieces<Trainer>,
  ): Pieces<Trainer> {
    if (dataset.rows.data.length > MOST_VALUES) {
      this.drop();
      return yield* open(true);
    }
    const kept = this.#kept;
    if (kept?.network === network && kept.optimizer === optimizer && kept.seed === seed) {
      yield* kept.trainer.setParametersInPieces(network.packed);
      return kept.trainer;
    }
    const trainer = yield* open(false);
    this.#kept = { network, optimizer, seed, trainer };
    return trainer;
  }
}
