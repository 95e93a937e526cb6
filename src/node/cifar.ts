/**
 * readCifar: the binary files of CIFAR-10 and CIFAR-100, as one array of images with channels last. Not for
 * fetching or unpacking the archives that they come in.
 *
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { DEFAULT_MAX_BYTES, maxBytesRule, newBytes } from '../budget.js';
import { checkOptions, oneOf } from '../check.js';
import { FormatError, ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import { readList } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { ranges, runInSlices, Yielder } from '../yielding.js';
import { namingFile, readBytesOf, readPath } from './files.js';

export interface CifarOptions {
  /** Which of the two the files are of. Default 'cifar10'. */
  readonly kind?: 'cifar10' | 'cifar100';
  /** The most bytes that the files and the arrays may take together, an integer >= 1. Default 2^30. */
  readonly maxBytes?: number;
}

/** Images of CIFAR and their labels. */
export interface CifarImages {
  /** (rows, 32, 32, 3), one byte per channel, scale 1/255. */
  readonly x: NdArray<Uint8Array>;
  /** One label per row: 0 to 9, or 0 to 99. */
  readonly y: Uint8Array;
  /** CIFAR-100: one of the 20 groups of classes per row. */
  readonly yCoarse?: Uint8Array;
}

const PIXELS = 32 * 32;
const IMAGE_BYTES = 3 * PIXELS;

/** Numbers of classes of the labels in front of every image; the last label is the fine one. */
const CLASSES = { cifar10: [10], cifar100: [20, 100] } as const;
type Kind = keyof typeof CLASSES;

/** Bytes of a record. */
const recordBytes = (kind: Kind): number => CLASSES[kind].length + IMAGE_BYTES;

/**
 * Read binary files of CIFAR-10 (`data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin`) or CIFAR-100
 * (`train.bin`, `test.bin`). Every record is one label, or a coarse and a fine one, and 3,072 bytes: all red,
 * all green, all blue values, which become pixels with channels last.
 *
 * @param paths one path or several, whose images follow one another
 * @throws ValueError for what is no path; FormatError naming the file, for a size that is no multiple of a
 *   record's and labels that are out of range; errors of the file system as they are
 */
export async function readCifar(
  paths: string | URL | readonly (string | URL)[],
  options?: CifarOptions,
): Promise<CifarImages> {
  const { kind = 'cifar10', maxBytes = DEFAULT_MAX_BYTES } = checkOptions('readCifar', options, {
    kind: oneOf<Kind>(['cifar10', 'cifar100']),
    maxBytes: maxBytesRule,
  });
  const list = readList(paths, 'readCifar: paths') ?? [paths];
  if (list.length === 0)
    throw new ValueError('readCifar: paths must name at least one file, but received [].');
  const files = Array.from(list, (path) => readPath('readCifar', path));
  const contents: Uint8Array[] = [];
  let room = maxBytes;
  for (const file of files) {
    const bytes = await readBytesOf(file, room);
    room -= bytes.length;
    await namingFile(file, () => checkSize(bytes, kind));
    contents.push(bytes);
  }
  const rows = (maxBytes - room) / recordBytes(kind);
  if (maxBytes - room > room) {
    throw new FormatError(
      `readCifar: ${rows} images take ${maxBytes - room} bytes, but reading may allocate ${room} more at most; give another maxBytes.`,
    );
  }
  const data = newBytes(rows * IMAGE_BYTES, `${rows} images`, 'read fewer files');
  const labels = CLASSES[kind].map(() => new Uint8Array(rows));
  const yielder = new Yielder();
  let row = 0;
  for (const [i, bytes] of contents.entries()) {
    const target = { data, labels, row };
    await namingFile(files[i], () => runInSlices(copyRecords(bytes, kind, target), yielder));
    row += bytes.length / recordBytes(kind);
  }
  const x = { data, shape: [rows, 32, 32, 3], scale: 1 / 255 };
  return kind === 'cifar10' ? { x, y: labels[0] } : { x, y: labels[1], yCoarse: labels[0] };
}

function checkSize({ length }: Uint8Array, kind: Kind): void {
  const bytes = recordBytes(kind);
  if (length > 0 && length % bytes === 0) return;
  const other = kind === 'cifar10' ? 'cifar100' : 'cifar10';
  const hint =
    length > 0 && length % recordBytes(other) === 0 ? `; give kind: '${other}' for its records` : '';
  throw new FormatError(`CIFAR: the file must have records of ${bytes} bytes, but has ${length}${hint}.`);
}

/** Where the records of a file go: pixels and labels, from some row on. */
interface Target {
  readonly data: Uint8Array;
  readonly labels: readonly Uint8Array[];
  readonly row: number;
}

/** Copies the records of a file, in pieces. @throws FormatError for a label that is out of range */
function* copyRecords(bytes: Uint8Array, kind: Kind, { data, labels, row }: Target): Pieces<void> {
  const classes = CLASSES[kind];
  const size = recordBytes(kind);
  yield* ranges(bytes.length / size, size, (begin, end) => {
    for (let record = begin; record < end; record++) {
      const at = record * size;
      for (const [k, count] of classes.entries()) {
        const label = bytes[at + k];
        if (label >= count) {
          throw new FormatError(
            `CIFAR: the label at byte ${at + k} must be from 0 to ${count - 1}, but is ${label}.`,
          );
        }
        labels[k][row + record] = label;
      }
      const red = at + classes.length;
      for (let p = 0, to = (row + record) * IMAGE_BYTES; p < PIXELS; p++, to += 3) {
        data[to] = bytes[red + p];
        data[to + 1] = bytes[red + PIXELS + p];
        data[to + 2] = bytes[red + 2 * PIXELS + p];
      }
    }
  });
}
