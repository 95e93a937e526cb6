import { crc32 } from '../data/crc32.js';
import { compareCodePoints } from '../data/labels.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import { toJson } from './plain.js';
import type { Tensor } from './safetensors/dtypes.js';
import { writeSafetensors } from './safetensors/write.js';

/** A model as plain data. */
export interface ModelFile {
  /** What it is: 'MLPClassifier', 'Sequential'. */
  readonly kind: string;
  /** All that its kind needs but the arrays: options, sizes, classes, progress. Reading gives `unknown`, for its kind to check. */
  readonly config: unknown;
  readonly arrays: ReadonlyMap<string, Tensor>;
}

export const FORMAT = 'lamella';

/** Counts up when a reader of the version before would misunderstand. */
export const VERSION = 1;

/**
 * A model as bytes: a safetensors file whose `__metadata__` has the format's name and version, the kind of model, its
 * config as JSON, and a CRC-32 of kind, config and arrays. The same model gives the same bytes.
 *
 * @throws ValueError for a config that is not plain data
 */
export function writeModelFile({ kind, config, arrays }: ModelFile): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(toJson(config, kind));
  const metadata = { format: FORMAT, version: String(VERSION), kind, config: text };
  return writeSafetensors(arrays, { ...metadata, checksum: runAtOnce(checksum(kind, text, arrays)) });
}

/** CRC-32 of kind, config and arrays, in hexadecimal. */
export function* checksum(kind: string, config: string, arrays: ReadonlyMap<string, Tensor>): Pieces<string> {
  let crc = crc32(new TextEncoder().encode(`${kind}\n${config}\n`));
  for (const [name, { data }] of [...arrays].sort(([a], [b]) => compareCodePoints(a, b))) {
    crc = crc32(new TextEncoder().encode(name), crc);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    yield* ranges(bytes.length, 1, (begin, end) => {
      crc = crc32(bytes.subarray(begin, end), crc);
    });
  }
  return crc.toString(16).padStart(8, '0');
}
