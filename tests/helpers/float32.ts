/**
 * Every `stride`th of all 2^32 float32 patterns, NaNs and infinities included; as many as make whole vectors.
 */
export function everyFloat(stride: number): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(2 ** 32 / stride / 4) * 4);
  for (let i = 0; i < words.length; i++) words[i] = i * stride;
  return new Float32Array(words.buffer);
}

/** `count` neighbours of a value on either side, with both signs in turn. */
export function neighbours(value: number, count: number): Float32Array<ArrayBuffer> {
  const word = new Int32Array(Float32Array.of(value).buffer)[0];
  const words = Int32Array.from({ length: 2 * count }, (_, i) => word + i - count);
  return new Float32Array(words.buffer).map((x, i) => (i % 2 === 0 ? x : -x));
}

/** One array after another, filled up with zeros to whole vectors. */
export function joined(...parts: Float32Array[]): Float32Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new Float32Array(Math.ceil(length / 4) * 4);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
