const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Writes a protocol buffer message, field by field. @see https://protobuf.dev/programming-guides/encoding/ */
export class ProtobufWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** An integer (int32, int64, uint64, bool, enum); a negative one takes ten bytes, as in every protobuf. */
  varint(field: number, value: number | bigint): this {
    return this.#tag(field, VARINT).#rawVarint(BigInt.asUintN(64, BigInt(value)));
  }

  double(field: number, value: number): this {
    this.#tag(field, FIXED64);
    const at = this.#grow(8);
    new DataView(this.#bytes.buffer).setFloat64(at, value, true);
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, FIXED32);
    const at = this.#grow(4);
    new DataView(this.#bytes.buffer).setFloat32(at, value, true);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, LENGTH_DELIMITED).#rawVarint(BigInt(value.length));
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  /** repeated double, packed. */
  doubles(field: number, values: ArrayLike<number>): this {
    this.#tag(field, LENGTH_DELIMITED).#rawVarint(BigInt(8 * values.length));
    const at = this.#grow(8 * values.length);
    const view = new DataView(this.#bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat64(at + 8 * i, values[i], true);
    return this;
  }

  /** A copy of what has been written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #tag(field: number, wireType: number): this {
    return this.#rawVarint(BigInt(field * 8 + wireType));
  }

  #rawVarint(value: bigint): this {
    let rest = value;
    while (rest > 127n) {
      this.#bytes[this.#grow(1)] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    const at = this.#grow(1);
    this.#bytes[at] = Number(rest);
    return this;
  }

  /** Make room for `count` bytes; returns where they begin. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}
