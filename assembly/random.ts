// The counter-based generator of random layers, keyed by (key, row, counter): threads, batches and resumption change
// nothing. `key` points at a uint32 that the host derives from seed, step and layer before a step, followed by the number
// of the first row (uint32).

/** Integer hash "lowbias32" (Wellons, 2018). */
// @ts-ignore: decorator
@inline
export function hash(x: u32): u32 {
  x ^= x >> 16;
  x *= 0x7feb352d;
  x ^= x >> 15;
  x *= 0x846ca68b;
  return x ^ (x >> 16);
}

/** The stream of a row. */
// @ts-ignore: decorator
@inline
export function rowKey(key: usize, row: usize): u32 {
  return hash(load<u32>(key) ^ hash(load<u32>(key, 4) + <u32>row + 0x9e3779b9));
}

/** One word of a row's stream. */
// @ts-ignore: decorator
@inline
export function word(rowKey: u32, counter: usize): u32 {
  return hash(hash((<u32>counter + 1) * 0x9e3779b1) ^ rowKey);
}
