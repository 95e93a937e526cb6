/**
 * imageFolder: images in one sub-folder per class, as one array. Which files they are, and of what size, is
 * decided here; png.ts and jpeg.ts decode. Not for resizing: images of another size are refused.
 */
import { readdir, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../check.js';
import { checkOptions, checkValue, listOf, positiveInteger, rule } from '../check.js';
import { DEFAULT_MAX_BYTES, maxBytesRule, newBytes } from '../budget.js';
import { compareCodePoints } from '../data/labels.js';
import { FormatError, ShapeError } from '../errors.js';
import { lazyImport } from '../lazy.js';
import type { NdArray } from '../ndarray.js';
import { namingFile, pathRule, readBytesOf, shown } from './files.js';
import { decodeJpeg, readJpegSize } from './jpeg.js';
import type { ImageSize, Pixels } from './pixels.js';
import { copyPixels } from './pixels.js';

export interface ImageFolderOptions {
  /** [height, width] that all images must have. Default: those of the first one. */
  readonly size?: readonly [height: number, width: number];
  /** 1 (grey), 3 (red, green, blue) or 4 (these and alpha), whatever the files have. Default 3. */
  readonly channels?: 1 | 3 | 4;
  /**
   * The most bytes that reading may allocate, for all pixels and the file under way together, an integer
   * >= 1. Default 2^30.
   */
  readonly maxBytes?: number;
}

/** Images, and of each the folder that it comes from. */
export interface ImageFolder {
  /** (rows, height, width, channels), one byte per channel, scale 1/255. */
  readonly x: NdArray<Uint8Array>;
  /** Names of the sub-folders, one per row: labels for a classifier. */
  readonly y: string[];
  /** Paths of the files, one per row. */
  readonly paths: string[];
}

const sizeRule: Rule<number[]> = {
  expected: '[height, width], two integers >= 1',
  accept: listOf(positiveInteger, 2, 2).accept,
};

const channelsRule: Rule<1 | 3 | 4> = rule(
  '1, 3 or 4',
  (value): value is 1 | 3 | 4 => value === 1 || value === 3 || value === 4,
);

/**
 * Read a folder of images with one sub-folder per class: `cats/1.png`, `cats/2.jpg`, `dogs/1.png`, … Rows are
 * sorted by sub-folder, then by file name, both by code point. Files that are hidden, that do not end in
 * .png, .jpg or .jpeg, or that lie elsewhere are left out.
 *
 * PNG of any colour type and depth is read; of 16 bits the upper 8 are taken, palettes are resolved. JPEG
 * needs the package `jpeg-js` (`npm install jpeg-js`). Grey becomes equal red, green and blue; colours become
 * grey by their luminance, 0.299 red + 0.587 green + 0.114 blue; alpha is dropped, or 255 where there is
 * none. Orientations in Exif data, colour profiles and gamma are ignored.
 *
 * @param dir the folder
 * @throws ShapeError naming the image that has another size: images are not resized; FormatError naming the
 *   file that is no image, truncated or damaged, or the folder that has no images; UnsupportedError for JPEG
 *   without jpeg-js; errors of the file system as they are
 */
export async function imageFolder(dir: string | URL, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  const schema = { size: sizeRule, channels: channelsRule, maxBytes: maxBytesRule };
  const { size, channels = 3, maxBytes = DEFAULT_MAX_BYTES } = checkOptions('imageFolder', options, schema);
  const folder = checkValue('imageFolder', 'dir', dir, pathRule);
  const files = await listImages(folder);
  const images = new Images(files.length, channels, maxBytes, size && { height: size[0], width: size[1] });
  for (const { path } of files) await images.read(path);
  return { x: images.array(), y: files.map(({ label }) => label), paths: files.map(({ path }) => path) };
}

/** The images of a folder, sorted. @throws FormatError if a folder has no sub-folders, or one no images */
async function listImages(folder: string): Promise<{ path: string; label: string }[]> {
  const labels = await namesIn(folder, (entry) => entry.isDirectory());
  if (labels.length === 0) {
    throw new FormatError(
      `${shown(folder)}: the folder must hold one sub-folder of images per class, but holds no sub-folders.`,
    );
  }
  const files: { path: string; label: string }[] = [];
  for (const label of labels) {
    const path = join(folder, label);
    const names = await namesIn(path, (entry) => entry.isFile() && /\.(png|jpe?g)$/i.test(entry.name));
    if (names.length === 0) {
      throw new FormatError(
        `${shown(path)}: the folder must hold images (.png, .jpg, .jpeg), but holds none.`,
      );
    }
    for (const name of names) files.push({ path: join(path, name), label });
  }
  return files;
}

/** Names in a folder that are wanted and not hidden, sorted. Symbolic links count as what they lead to. */
async function namesIn(
  folder: string,
  isWanted: (entry: Pick<Dirent, 'isFile' | 'isDirectory' | 'name'>) => boolean,
): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (name.startsWith('.')) continue;
    const target = entry.isSymbolicLink() ? Object.assign(await stat(join(folder, name)), { name }) : entry;
    if (isWanted(target)) names.push(name);
  }
  return names.sort(compareCodePoints);
}

/** The pixels of images, in one array that is made when the size is known. */
class Images {
  readonly #rows: number;
  readonly #channels: 1 | 3 | 4;
  readonly #maxBytes: number;
  /** Size of all images: as it was wished, or that of the first one. */
  #size: ImageSize | undefined;
  readonly #wished: boolean;
  #data: Uint8Array | undefined;
  /** Images that have been read. */
  #count = 0;

  constructor(rows: number, channels: 1 | 3 | 4, maxBytes: number, size?: ImageSize) {
    this.#rows = rows;
    this.#channels = channels;
    this.#maxBytes = maxBytes;
    this.#size = size;
    this.#wished = size !== undefined;
  }

  /** Reads the next image. */
  async read(path: string): Promise<void> {
    const bytes = await readBytesOf(path, this.#maxBytes - (this.#data?.length ?? 0));
    await namingFile(path, () => this.#take(bytes, path));
  }

  array(): NdArray<Uint8Array> {
    const { height, width } = this.#size!;
    return { data: this.#data!, shape: [this.#rows, height, width, this.#channels], scale: 1 / 255 };
  }

  async #take(bytes: Uint8Array, path: string): Promise<void> {
    const image = await openImage(bytes);
    const data = this.#target(image, path);
    const room = this.#maxBytes - data.length - bytes.length;
    if (image.decodingBytes > room) {
      throw new FormatError(
        `decoding ${image.width} by ${image.height} pixels takes ${image.decodingBytes} bytes, but reading may allocate ${Math.max(0, room)} more at most; give another maxBytes.`,
      );
    }
    copyPixels(await image.decode(room), data, (this.#count++ * data.length) / this.#rows, this.#channels);
  }

  /** The array for all images, made for the first one. @throws ShapeError for an image of another size */
  #target({ width, height }: ImageSize, path: string): Uint8Array {
    this.#size ??= { width, height };
    const { width: w, height: h } = this.#size;
    if (width !== w || height !== h) {
      const whose = this.#wished ? 'given as size' : 'of the first image';
      throw new ShapeError(
        `${shown(path)}: the image must have ${h} rows and ${w} columns of pixels, those ${whose}, but has ${height} and ${width}; resize it before, or leave it out.`,
      );
    }
    if (this.#data) return this.#data;
    const length = this.#rows * h * w * this.#channels;
    const what = `${this.#rows} images of ${h} by ${w} pixels and ${this.#channels} channels`;
    if (length > this.#maxBytes) {
      throw new FormatError(
        `${what} take ${length} bytes, but reading may allocate ${this.#maxBytes} at most; give another maxBytes.`,
      );
    }
    return (this.#data = newBytes(length, what, 'read fewer images'));
  }
}

/** An image whose header has been read. */
interface OpenImage extends ImageSize {
  /** The most bytes that decoding takes. */
  readonly decodingBytes: number;
  decode(maxBytes: number): Pixels | Promise<Pixels>;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];

/** An image by its first bytes, whatever its name. @throws FormatError if it is none, or damaged */
export async function openImage(bytes: Uint8Array): Promise<OpenImage> {
  const begins = (signature: readonly number[]): boolean => signature.every((byte, i) => bytes[i] === byte);
  if (begins(PNG_SIGNATURE)) return (await lazyImport(() => import('./png.js'))).readPng(bytes);
  if (!begins(JPEG_SIGNATURE)) {
    throw new FormatError('the file must be a PNG or JPEG image, but does not begin as one.');
  }
  const size = readJpegSize(bytes);
  // The colours; jpeg-js counts the rest by itself.
  const decodingBytes = 3 * size.width * size.height;
  return { ...size, decodingBytes, decode: (maxBytes) => decodeJpeg(bytes, size, maxBytes) };
}
