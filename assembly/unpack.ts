// Unpacks the binaries that bundles embed. It is a binary of its own, no larger than the same in JavaScript,
// and fast from the first byte on. scripts/pack.mjs writes what it reads, and says why: literals and matches
// (LZ77), whose decisions an adaptive binary range coder writes, as in LZMA (https://7-zip.org/sdk.html).

/** Positions of the probabilities of each decision, as in scripts/pack.mjs. */
const REPEATED: u32 = 4;
const LENGTH: u32 = 8;
const REPEATED_LENGTH: u32 = LENGTH + 512;
const DISTANCE: u32 = REPEATED_LENGTH + 512;
const LITERAL: u32 = DISTANCE + 512;
const SIZE: u32 = LITERAL + 8 * 768;

let range: u32 = 0;
let code: u32 = 0;
let source: usize = 0;
/** [SIZE] u16, probabilities of 0 in 4096ths; then [SIZE] u16, how often each was used, at most 4. */
let probabilities: usize = 0;

/** Reads the next decision, by the probability with this index. */
function bit(index: u32): u32 {
  const at = probabilities + 2 * index;
  const probability: u32 = load<u16>(at);
  const uses: u32 = load<u16>(at, 2 * SIZE);
  store<u16>(at, min(uses + 1, 4), 2 * SIZE);
  const rate = 2 + (uses >> 1);
  const bound = (range >> 12) * probability;
  const value = u32(code >= bound);
  if (value) {
    store<u16>(at, probability - (probability >> rate));
    code -= bound;
    range -= bound;
  } else {
    store<u16>(at, probability + ((4096 - probability) >> rate));
    range = bound;
  }
  for (; range < 0x400000; range <<= 8) code = (code << 8) | load<u8>(source++);
  return value;
}

/** Reads a number: the count of bits below its highest by a tree, then these, the first three by a tree. */
function number(base: u32, context: u32): u32 {
  let count: u32 = 1;
  while (count < 32) count = 2 * count + bit(base + 32 * context + count);
  base += 128 + 16 * (count - 32);
  let value: u32 = 1;
  for (let k: u32 = 32; k < count; k++) {
    value = 2 * value + bit(base + (k < 35 ? value : min<u32>(15, k - 27)));
  }
  return value;
}

/**
 * Unpacks the first `length` bytes of what was packed, which takes less time than all. out: [length] bytes,
 * behind a byte that is 0; packed: bytes; scratch: [2 · SIZE] u16.
 */
export function unpack(out: usize, length: u32, packed: usize, scratch: usize): void {
  probabilities = scratch;
  for (let i: u32 = 0; i < SIZE; i++) store<u32>(scratch + 4 * i, 0);
  for (let i: u32 = 0; i < SIZE; i++) store<u16>(scratch + 2 * i, 2048);
  source = packed + 4;
  code = bswap(load<u32>(packed));
  range = 0x3fffffff;
  const end = out + length;
  let last: u32 = 1;
  /** A bit for each of the last two tokens: 1 if it was a match. */
  let history: u32 = 0;
  while (out < end) {
    if (bit(history)) {
      const repeated = bit(REPEATED + history);
      const count = number(repeated ? REPEATED_LENGTH : LENGTH, 0) + (1 - repeated);
      if (!repeated) last = number(DISTANCE, min<u32>(count - 2, 3));
      for (const stop = min(end, out + count); out < stop; out++) store<u8>(out, load<u8>(out - last));
      history = ((history << 1) & 2) | 1;
      continue;
    }
    const base = LITERAL + 768 * (load<u8>(out - 1) >> 5);
    // Behind a match, the byte that would have continued it is the context until the two differ.
    let expected: u32 = load<u8>(out - last);
    let leads = history & 1;
    let node: u32 = 1;
    while (node < 256) {
      expected <<= 1;
      const other = (expected >> 8) & 1;
      const value = bit(base + node + leads * (256 + 256 * other));
      leads &= u32(value === other);
      node = 2 * node + value;
    }
    store<u8>(out++, node);
    history = (history << 1) & 2;
  }
}
