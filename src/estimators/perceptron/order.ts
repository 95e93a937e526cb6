import { ascending } from '../../random.js';

/**
 * The order of rows in each epoch, as scikit-learn's SequentialDataset shuffles it (sklearn/utils/_seq_dataset.pyx.tp): a
 * Fisher-Yates shuffle by xorshift32 (Marsaglia, 2003) that starts from the same seed in every epoch, and works on the order
 * of the epoch before.
 */
export class RowOrder {
  readonly index: Int32Array;
  readonly #seed: number;

  /** @param seed 0 to 2^31 − 2; undefined leaves rows in order */
  constructor(
    rows: number,
    readonly seed: number | undefined,
  ) {
    this.index = ascending(rows);
    this.#seed = seed ?? 0;
  }

  /** Shuffle for the next epoch. */
  next(): void {
    if (this.seed === undefined) return;
    const { index } = this;
    const n = index.length;
    let s = this.#seed;
    for (let i = 0; i < n - 1; i++) {
      if (s === 0) s = 1;
      s ^= s << 13;
      s ^= s >>> 17;
      s ^= s << 5;
      const j = i + ((s & 0x7fffffff) % (n - i));
      const moved = index[i];
      index[i] = index[j];
      index[j] = moved;
    }
  }
}
