/** A safetensors file with any header, `length` bytes of it if that is to be a lie. */
export function fileOf(
  header: string | Uint8Array,
  data: Uint8Array = new Uint8Array(0),
  length?: bigint,
): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** The header of a safetensors file. */
export function headerOf(bytes: Uint8Array): { length: number; text: string } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return { length, text: new TextDecoder().decode(bytes.slice(8, 8 + length)) };
}

/** The same file with another header; the data stay. */
export function withHeader(bytes: Uint8Array, change: (header: any) => void): Uint8Array<ArrayBuffer> {
  const { length, text } = headerOf(bytes);
  const header = JSON.parse(text);
  change(header);
  return fileOf(JSON.stringify(header), bytes.slice(8 + length));
}
