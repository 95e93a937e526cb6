/**
 * The data sets of the works, in memory for lamella and in files for the peers: 60,000 rows of 784 bytes, and
 * two small ones.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NdArray } from 'lamella';
import { loadFashionMnist, loadMnist } from 'lamella/node';

type Values = Uint8Array | Float32Array;

export interface WorkData {
  readonly name: string;
  readonly x: NdArray<Values>;
  readonly y: Values;
  /** Share of the values that are not 0. */
  readonly density: number;
}

/** The description of a data set for a peer: files of raw bytes or little-endian floats, row by row. */
export interface DataFiles {
  readonly rows: string;
  readonly targets: string;
  /** The types of the values in the files. */
  readonly types: { readonly rows: string; readonly targets: string };
  readonly features: number;
  readonly scale: number;
}

interface Rows {
  readonly x: NdArray<Values>;
  readonly y: Values;
}

const images: Readonly<Record<string, () => Promise<Rows>>> = {
  mnist: async () => (await loadMnist()).train,
  fashion: async () => (await loadFashionMnist()).train,
  random: () => Promise.resolve(randomRows(60_000, 784)),
};

/** The data of W6 and W7, with as many rows as in the tutorials. */
const own = { normal: () => normalRows(367, 13), square: () => pointsInSquare(275) };

export const DATA_NAMES = Object.keys(images);

export type OwnDataName = keyof typeof own;

export const OWN_DATA_NAMES = Object.keys(own) as OwnDataName[];

export async function loadData(name: string): Promise<WorkData> {
  const { x, y } = name in own ? own[name as OwnDataName]() : await images[name]();
  let filled = 0;
  for (const value of x.data) if (value !== 0) filled++;
  return { name, x, y, density: filled / x.data.length };
}

/** Rows without zeros, with unrelated labels: for timing only. */
function randomRows(rows: number, features: number): Rows {
  const next = uniform();
  const below = (limit: number): number => Math.floor(next() * limit);
  const data = Uint8Array.from({ length: rows * features }, () => 1 + below(255));
  const y = Uint8Array.from({ length: rows }, () => below(10));
  return { x: { data, shape: [rows, features], scale: 1 / 255 }, y };
}

/** 0 to below 1. */
function uniform(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/**
 * Nearly standard normal features, each the sum of twelve uniform numbers, with targets of the same kind.
 */
function normalRows(rows: number, features: number): Rows {
  const next = uniform();
  const normal = (): number => Array.from({ length: 12 }, next).reduce((sum, value) => sum + value, -6);
  const data = Float32Array.from({ length: rows * features }, normal);
  return { x: { data, shape: [rows, features] }, y: Float32Array.from({ length: rows }, normal) };
}

/** Points in the unit square; class 1 lies below a parabola. */
function pointsInSquare(rows: number): Rows {
  const data = Float32Array.from({ length: 2 * rows }, uniform());
  const below = (x1: number, x2: number): boolean => x2 < 0.25 + 2 * (x1 - 0.5) ** 2;
  const y = Uint8Array.from({ length: rows }, (_, row) => Number(below(data[2 * row], data[2 * row + 1])));
  return { x: { data, shape: [rows, 2] }, y };
}

/** Writes the data to files, calls `use` with them, and removes them afterwards. */
export async function withFiles<T>({ x, y }: WorkData, use: (files: DataFiles) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lamella-works-'));
  try {
    const [rows, targets] = [join(folder, 'rows'), join(folder, 'targets')];
    await writeFile(rows, x.data);
    await writeFile(targets, y);
    const types = { rows: typeOf(x.data), targets: typeOf(y) };
    return await use({ rows, targets, types, features: x.data.length / y.length, scale: x.scale ?? 1 });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The files that `withFiles` wrote. */
export async function readData({ rows, targets, types, features, scale }: DataFiles): Promise<WorkData> {
  const read = async (file: string, type: string): Promise<Values> => {
    const bytes = await readFile(file);
    return type === 'u1' ? bytes : new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };
  const data = await read(rows, types.rows);
  const x = { data, shape: [data.length / features, features], ...(types.rows === 'u1' ? { scale } : {}) };
  return { name: '', x, y: await read(targets, types.targets), density: NaN };
}

/** The name of the type in NumPy. */
function typeOf(values: Values): string {
  return values instanceof Uint8Array ? 'u1' : '<f4';
}
