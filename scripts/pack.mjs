/**
 * Compresses the binaries that a bundle embeds: LZ77 whose decisions an adaptive binary range coder writes, a
 * small relative of LZMA (https://7-zip.org/sdk.html). assembly/unpack.ts is the decoder; the layout of the
 * probabilities and the order of decisions are the same in both. This is not a general format: only builds
 * read or write it.
 *
 * Why a coder of our own, in bytes after gzip (November 2026): `relaxed` and `base`, 222,620 bytes, take
 * 32,724 and the unpacker 712; in base64 of deflate at level 9 they take 64,685, since its window of 32 kB
 * does not reach from one binary to the other, which is almost the same. The start of `lamella` is 134.6 kB;
 * with deflate it would be 166, and its budget is 135. The predict-only binaries take 11,349 in place of
 * 18,345: 52 kB or 59, with a budget of 56.
 */

/**
 * Positions of the probabilities of each decision: trees have 2 ** bits, numbers as many as their bits need.
 */
const MATCHED = 0;
const REPEATED = 4;
const LENGTH = 8;
const REPEATED_LENGTH = LENGTH + 512;
const DISTANCE = REPEATED_LENGTH + 512;
const LITERAL = DISTANCE + 512;
const SIZE = LITERAL + 8 * 768;

const MAX_LENGTH = 4096;
/** Matches of this length are always used; of shorter ones, every shorter prefix is tried too. */
const LONG = 100;
/** Earlier positions with the same three bytes that are compared. */
const MAX_CANDIDATES = 200;
const PASSES = 3;

/** Writes the decisions of a token, a literal (length 0) or a match, to `bit(probability, value)`. */
function writeToken(bit, bytes, at, { length, distance }, { history, last }) {
  bit(MATCHED + history, length > 0 ? 1 : 0);
  if (length === 0) return writeLiteral(bit, bytes, at, (history & 1) === 1 ? bytes[at - last] : undefined);
  const repeated = distance === last;
  bit(REPEATED + history, repeated ? 1 : 0);
  writeNumber(bit, repeated ? REPEATED_LENGTH : LENGTH, repeated ? length : length - 1);
  if (!repeated) writeNumber(bit, DISTANCE, distance, Math.min(length - 2, 3));
}

/**
 * Writes a byte, highest bit first. Behind a match, the byte that would have continued it is the context
 * until they differ.
 */
function writeLiteral(bit, bytes, at, expected) {
  const base = LITERAL + 768 * ((bytes[at - 1] ?? 0) >> 5);
  let node = 1;
  let along = expected !== undefined;
  for (let k = 7; k >= 0; k--) {
    const value = (bytes[at] >> k) & 1;
    const other = (expected >> k) & 1;
    bit(base + (along ? 256 + 256 * other : 0) + node, value);
    along &&= value === other;
    node = 2 * node + value;
  }
}

/**
 * Writes a number >= 1: its count of bits by a tree, then the bits below the highest, the first three of them
 * by a tree.
 */
function writeNumber(bit, base, value, context = 0) {
  const count = 31 - Math.clz32(value);
  writeTree(bit, base + 32 * context, 5, count);
  let node = 1;
  for (let k = count - 1; k >= 0; k--) {
    const digit = (value >> k) & 1;
    bit(base + 128 + 16 * count + (node < 8 ? node : Math.min(15, 8 + count - 4 - k)), digit);
    if (node < 8) node = 2 * node + digit;
  }
}

function writeTree(bit, base, bits, value) {
  let node = 1;
  for (let k = bits - 1; k >= 0; k--) {
    const digit = (value >> k) & 1;
    bit(base + node, digit);
    node = 2 * node + digit;
  }
}

/** The state behind a token: whether the last two were matches, and the distance of the last match. */
function after({ history, last }, { length, distance }) {
  return { history: ((history << 1) & 2) | (length > 0 ? 1 : 0), last: length > 0 ? distance : last };
}

const START = { history: 0, last: 1 };

/** Writes the decisions of all tokens, in order. */
function writeAll(bit, bytes, tokens) {
  let state = START;
  let at = 0;
  for (const token of tokens) {
    writeToken(bit, bytes, at, token, state);
    state = after(state, token);
    at += Math.max(1, token.length);
  }
}

/** Finds the matches of every position, of increasing length, each at its smallest distance. */
function findMatches(bytes) {
  const pairs = new Map();
  const triples = new Map();
  const before = new Int32Array(bytes.length);
  return Array.from(bytes, (byte, at) => {
    const pair = byte | (bytes[at + 1] << 8);
    const triple = pair | (bytes[at + 2] << 16);
    const found = [];
    let longest = 1;
    const look = (place) => {
      if (bytes[place + longest] !== bytes[at + longest]) return;
      const length = matchLength(bytes, place, at);
      if (length > longest) found.push({ length: (longest = length), distance: at - place });
    };
    if (pairs.has(pair)) look(pairs.get(pair));
    let place = triples.get(triple) ?? -1;
    before[at] = place;
    for (
      let depth = 0;
      place >= 0 && depth < MAX_CANDIDATES && longest < LONG;
      depth++, place = before[place]
    )
      look(place);
    pairs.set(pair, at);
    triples.set(triple, at);
    return found;
  });
}

function matchLength(bytes, place, at) {
  const max = Math.min(MAX_LENGTH, bytes.length - at);
  let length = 0;
  while (length < max && bytes[place + length] === bytes[at + length]) length++;
  return length;
}

/** Finds the cheapest tokens for given costs of decisions, by dynamic programming. */
function parse(bytes, matches, costs) {
  const total = new Float64Array(bytes.length + 1).fill(Infinity);
  const tokens = [];
  const states = [START];
  total[0] = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at > 0) states[at] = after(states[at - Math.max(1, tokens[at].length)], tokens[at]);
    let cost = 0;
    const add = (probability, value) => (cost += costs[2 * probability + value]);
    const offer = (length, distance) => {
      const token = { length, distance };
      const end = at + Math.max(1, length);
      cost = total[at];
      writeToken(add, bytes, at, token, states[at]);
      if (cost >= total[end]) return;
      total[end] = cost;
      tokens[end] = token;
    };
    offer(0, 0);
    const { last } = states[at];
    const again = last <= at ? matchLength(bytes, at - last, at) : 0;
    for (let length = again > LONG ? again : 1; length <= again; length++) offer(length, last);
    let shorter = 1;
    for (const { length: longest, distance } of matches[at]) {
      if (longest > LONG) shorter = longest - 1;
      for (let length = shorter + 1; length <= longest; length++)
        if (distance !== last) offer(length, distance);
      shorter = longest;
    }
  }
  const path = [];
  for (let end = bytes.length; end > 0; end -= Math.max(1, tokens[end].length)) path.push(tokens[end]);
  return path.reverse();
}

/** Returns the bits that every decision costs, from its frequency in these tokens. */
function costsOf(bytes, tokens) {
  const counts = new Float64Array(2 * SIZE).fill(0.4);
  writeAll((probability, value) => counts[2 * probability + value]++, bytes, tokens);
  return counts.map((count, i) => Math.log2((counts[i] + counts[i ^ 1]) / count));
}

/** Range coder (G. N. N. Martin, 1979). Probabilities have 12 bits and adapt faster at first. */
function encode(bytes, tokens) {
  const probabilities = new Uint16Array(SIZE).fill(2048);
  const uses = new Uint8Array(SIZE);
  const out = [];
  let low = 0;
  let range = 0x3fffffff;
  const put = () => {
    out.push(Math.floor(low / 2 ** 24));
    low = (low % 2 ** 24) * 256;
  };
  writeAll(
    (index, value) => {
      const bound = (range >>> 12) * probabilities[index];
      const rate = uses[index] < 4 ? 2 + (uses[index]++ >> 1) : 4;
      if (value) {
        probabilities[index] -= probabilities[index] >> rate;
        low += bound;
        range -= bound;
      } else {
        probabilities[index] += (4096 - probabilities[index]) >> rate;
        range = bound;
      }
      if (low >= 2 ** 32) {
        low -= 2 ** 32;
        let i = out.length - 1;
        while (out[i] === 255) out[i--] = 0;
        out[i]++;
      }
      for (; range < 2 ** 22; range *= 256) put();
    },
    bytes,
    tokens,
  );
  for (let i = 0; i < 4; i++) put();
  return Buffer.from(out);
}

/** Packs bytes; unpack(…, bytes.length) restores them. */
export function pack(bytes) {
  const matches = findMatches(bytes);
  let costs = new Float64Array(2 * SIZE).fill(0.9);
  let tokens;
  for (let pass = 0; pass < PASSES; pass++) {
    tokens = parse(bytes, matches, costs);
    costs = costsOf(bytes, tokens);
  }
  return encode(bytes, tokens);
}
