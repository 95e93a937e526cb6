/**
 * Test data from a seed: signed, of uneven sizes, with a few zeros. Never all ones, which would hide a
 * transpose.
 */
export class Seeded {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let i = 0; i < 4; i++) this.uniform();
  }

  /** The next number in [0, 1). */
  uniform(): number {
    let s = this.#state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.#state = s;
    return (Math.imul(s, 0x2545f491) >>> 0) / 4294967296;
  }

  /** A whole number in [0, bound). */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** A number within ±1.5 · size, small ones more often; one in sixteen is 0. */
  signed(size = 1): number {
    const u = 2 * this.uniform() - 1;
    return this.integer(16) === 0 ? 0 : size * u * (0.5 + u * u);
  }

  floats(length: number, size = 1): Float32Array<ArrayBuffer> {
    return Float32Array.from({ length }, () => this.signed(size));
  }

  /** Numbers in [0, 1], both ends included now and then: soft targets. */
  shares(length: number): Float32Array<ArrayBuffer> {
    return Float32Array.from({ length }, () => Math.min(1, Math.max(0, 1.2 * this.uniform() - 0.1)));
  }

  integers(length: number, bound: number): Int32Array<ArrayBuffer> {
    return Int32Array.from({ length }, () => this.integer(bound));
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.integer(256));
  }
}
