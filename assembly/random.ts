// The counter-based random generator of layers, keyed by (key, row, counter), so that threads, batches and
// resuming a training change no number. `key` points at two uint32: the first the host derives from seed,
// step and layer before each step; the second is the index of the first row.

/** The integer hash "lowbias32" (Wellons, 2018). */
// @ts-ignore: decorator
@inline
export function hash(x: u32): u32 {
  x ^= x >> 16;
  x *= 0x7feb352d;
  x ^= x >> 15;
  x *= 0x846ca68b;
  return x ^ (x >> 16);
}

/** Key of a row's stream. */
// @ts-ignore: decorator
@inline
export function rowKey(key: usize, row: usize): u32 {
  return hash(load<u32>(key) ^ hash(load<u32>(key, 4) + <u32>row + 0x9e3779b9));
}

/** Word number `counter` of a row's stream. */
// @ts-ignore: decorator
@inline
export function word(rowKey: u32, counter: usize): u32 {
  return hash(hash((<u32>counter + 1) * 0x9e3779b1) ^ rowKey);
}
