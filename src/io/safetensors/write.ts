import { describe } from '../../check.js';
import { compareCodePoints } from '../../data/labels.js';
import { ValueError } from '../../errors.js';
import { elementCount } from '../../ndarray/types.js';
import type { Tensor } from './dtypes.js';
import { DTYPES } from './dtypes.js';

const ALIGNMENT = 8;

/**
 * Named arrays and texts as a safetensors file. The same content gives the same bytes, in whatever order it comes: arrays
 * lie by descending size of their values, then by name; the header is padded with blanks to a multiple of 8.
 *
 * @see https://github.com/huggingface/safetensors#format
 * @throws ValueError for arrays whose type, shape and data do not fit together, and for a name that the format reserves
 */
export function writeSafetensors(
  arrays: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...arrays].map(([name, tensor]) => ({ name, tensor, size: sizeOf(name, tensor) }));
  sorted.sort((a, b) => b.size - a.size || compareCodePoints(a.name, b.name));
  const texts = Object.entries(metadata).sort(([a], [b]) => compareCodePoints(a, b));
  const parts = texts.length > 0 ? [`"__metadata__":{${texts.map(textEntry).join(',')}}`] : [];
  let end = 0;
  for (const { name, tensor } of sorted) {
    const begin = end;
    end += tensor.data.byteLength;
    const info = { dtype: tensor.dtype, shape: Array.from(tensor.shape), data_offsets: [begin, end] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
  }
  const header = new TextEncoder().encode(`{${parts.join(',')}}`);
  const padded = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + padded + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(32, 8, 8 + padded);
  bytes.set(header, 8);
  let at = 8 + padded;
  for (const { tensor } of sorted) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

function textEntry([name, text]: [string, unknown]): string {
  if (typeof text === 'string') return `${JSON.stringify(name)}:${JSON.stringify(text)}`;
  throw new ValueError(
    `writeSafetensors: metadata must hold strings, but received ${describe(text)} for ${describe(name)}.`,
  );
}

/** Bytes per value, when everything fits together. */
function sizeOf(name: string, { dtype, shape, data }: Tensor): number {
  const known = DTYPES.get(dtype);
  if (name === '__metadata__') {
    throw new ValueError("writeSafetensors: an array may have any name but '__metadata__'.");
  }
  if (!known?.Native || !(data instanceof known.Native)) {
    throw new ValueError(
      `writeSafetensors: the array ${describe(name)} of dtype ${describe(dtype)} must have the typed array of that dtype as its data, but received ${describe(data)}.`,
    );
  }
  if (elementCount(shape, `The array ${describe(name)}`) !== data.length) {
    throw new ValueError(
      `writeSafetensors: the array ${describe(name)} of shape ${describe(shape)} must have as many data as its shape says, but received ${data.length}.`,
    );
  }
  return known.size;
}
