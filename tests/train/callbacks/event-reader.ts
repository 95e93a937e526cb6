import { maskedCrc32c } from '../../../src/io/tfevents.js';

export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  /** Numbers by tag; distributions by tag, as how many values they count. */
  readonly values: Record<string, number>;
}

type Fields = [field: number, value: number | Uint8Array][];

/** Fields of a message: varints and numbers as numbers, the rest as bytes. */
function fieldsOf(bytes: Uint8Array): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Fields = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const type = tag % 8;
    if (type === 0) fields.push([tag >> 3, varint()]);
    else if (type === 1) fields.push([tag >> 3, view.getFloat64((at += 8) - 8, true)]);
    else if (type === 5) fields.push([tag >> 3, view.getFloat32((at += 4) - 4, true)]);
    else {
      const length = varint();
      fields.push([tag >> 3, bytes.subarray(at, (at += length))]);
    }
  }
  return fields;
}

const textOf = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);

function eventOf(bytes: Uint8Array): ReadEvent {
  const fields = new Map(fieldsOf(bytes));
  const values: Record<string, number> = {};
  for (const [, encoded] of fieldsOf((fields.get(5) as Uint8Array | undefined) ?? new Uint8Array(0))) {
    const value = new Map(fieldsOf(encoded as Uint8Array));
    const histogram = value.get(5) as Uint8Array | undefined;
    const shown = histogram ? new Map(fieldsOf(histogram)).get(3) : value.get(2);
    values[textOf(value.get(1))] = shown as number;
  }
  const version = fields.has(3) ? textOf(fields.get(3)) : undefined;
  return { wallTime: fields.get(1) as number, step: (fields.get(2) as number) ?? 0, version, values };
}

/** The events of a file, whose checksums are verified. */
export function readEvents(bytes: Uint8Array): ReadEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    const data = bytes.subarray(at + 12, at + 12 + length);
    const sums = [view.getUint32(at + 8, true), view.getUint32(at + 12 + length, true)];
    if (sums[0] !== maskedCrc32c(bytes.subarray(at, at + 8)) || sums[1] !== maskedCrc32c(data)) {
      throw new Error(`wrong checksum in the record at byte ${at}`);
    }
    events.push(eventOf(data));
    at += 16 + length;
  }
  return events;
}
