/** The data sets of the works: 60,000 rows of 784 bytes, in memory for lamella and in files for the peers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NdArray } from 'lamella';
import { loadFashionMnist, loadMnist } from 'lamella/node';

export interface WorkData {
  readonly name: string;
  readonly x: NdArray<Uint8Array>;
  readonly y: Uint8Array;
  /** Share of the values that are not 0. */
  readonly density: number;
}

/** What a peer is told: files of raw bytes, row by row. */
export interface DataFiles {
  readonly rows: string;
  readonly labels: string;
  readonly features: number;
  readonly scale: number;
}

const sources: Readonly<Record<string, () => Promise<{ x: NdArray<Uint8Array>; y: Uint8Array }>>> = {
  mnist: async () => (await loadMnist()).train,
  fashion: async () => (await loadFashionMnist()).train,
  random: () => Promise.resolve(randomRows(60_000, 784)),
};

export const DATA_NAMES = Object.keys(sources);

export async function loadData(name: string): Promise<WorkData> {
  const { x, y } = await sources[name]();
  const filled = x.data.reduce((count, value) => count + Number(value !== 0), 0);
  return { name, x, y, density: filled / x.data.length };
}

/** Rows without a single 0, and labels that have nothing to do with them: only good for timing. */
function randomRows(rows: number, features: number): { x: NdArray<Uint8Array>; y: Uint8Array } {
  let state = 1;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * limit);
  };
  const data = Uint8Array.from({ length: rows * features }, () => 1 + below(255));
  const y = Uint8Array.from({ length: rows }, () => below(10));
  return { x: { data, shape: [rows, features], scale: 1 / 255 }, y };
}

/** Gives `use` the data as files, and removes them afterwards. */
export async function withFiles<T>({ x, y }: WorkData, use: (files: DataFiles) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lamella-works-'));
  try {
    const [rows, labels] = [join(folder, 'rows'), join(folder, 'labels')];
    await writeFile(rows, x.data);
    await writeFile(labels, y);
    return await use({ rows, labels, features: x.data.length / y.length, scale: x.scale ?? 1 });
  } finally {
    await rm(folder, { recursive: true });
  }
}
