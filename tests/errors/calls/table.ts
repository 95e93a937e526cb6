import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as node from 'lamella/node';
import type { Call } from '../attempt.js';
import { func, method, refusing } from '../attempt.js';

const onWarning = (): void => {};
const inSlices = (): object => ({ signal: new AbortController().signal, threads: 1 });
const records = (): Record<string, unknown>[] => [
  { color: 'r', size: 1, sold: true, when: '2024-01-05', price: 1, kind: 'a' },
  { color: 'g', size: 2, sold: false, when: null, price: 2, kind: 'b' },
  { color: null, size: 3, sold: true, when: '2024-02-07', price: 3, kind: 'a' },
  { color: 'r', size: null, sold: true, when: '2024-03-08', price: 5, kind: 'b' },
  { color: 'g', size: 2, sold: null, when: '2024-03-09', price: 4, kind: 'a' },
  { color: 'b', size: 5, sold: false, when: '2024-04-01', price: 3, kind: 'b' },
];
const table = (): node.Table => node.fromRecords(records() as never);
const csv = (): string => 'color;size\nr;1\n"g";NA\n';
const csvOptions = (): object => ({
  ...{ delimiter: ';', quote: '"', header: ['color', 'size'], columns: ['size'], types: { size: 'number' } },
  ...{ missing: ['NA', 'size'], comment: '#', encoding: 'utf-8', maxRows: 5, maxBytes: 1000 },
});

/** A file that is there, for the readers. */
function csvFile(): string {
  const path = join(tmpdir(), 'lamella-errors.csv');
  writeFileSync(path, csv());
  return path;
}

async function all(chunks: AsyncIterable<node.Table>): Promise<number> {
  let rows = 0;
  for await (const chunk of chunks) rows += chunk.rows;
  return rows;
}

const readers: Call[] = [
  func('node.parseCsv', node.parseCsv, () => [csv(), csvOptions()]),
  func('node.parseCsv of bytes', node.parseCsv, () => [new TextEncoder().encode(csv())]),
  func('node.readCsv', node.readCsv, () => [csvFile(), csvOptions()]),
  func(
    'node.readCsvChunks',
    (...args: [any]) => all(node.readCsvChunks(...args)),
    () => [csvFile(), { ...csvOptions(), rows: 1 }],
  ),
  func('node.fromRecords', node.fromRecords, () => [
    records(),
    { types: { size: 'number', color: 'string' } },
  ]),
  func('node.fromColumns', node.fromColumns, () => [
    { size: Float64Array.of(1, NaN), color: ['r', null], when: [new Date(0), null] },
    { types: { size: 'number', color: 'string' } },
  ]),
];

const tables: Call[] = [
  func(
    'node.Table',
    (...args) => new (node.Table as any)(...args).toRecords(),
    () => [
      {
        columns: new Map([['size', [1, 2]]]),
        types: new Map([['size', 'string']]),
        rows: 2,
        source: undefined,
      },
    ],
  ),
  method('node.Table#column', table, () => ['color']),
  method('node.Table#has', table, () => ['color']),
  method('node.Table#head', table, () => [2]),
  method('node.Table#select', table, () => [['color', 'size']]),
  method('node.Table#take', table, () => [[1, 0, 1]]),
  method('node.Table#toRecords', table, () => []),
];

/** Tables one after another, anew each time. */
const chunks = (): AsyncIterable<node.Table> => ({
  async *[Symbol.asyncIterator]() {
    yield table();
    yield table();
  },
});

const choices = (): object => ({ color: 'category', size: new node.SimpleImputer(), when: 'drop' });
const vectorizerOptions = (): object => ({ columns: choices(), minFrequency: 1, maxCategories: 3 });
const vectorizer = (): node.TableVectorizer => new node.TableVectorizer(vectorizerOptions() as never);
const learned = (): node.TableVectorizer =>
  vectorizer().fit(table(), records().map(({ price }) => price) as never);
const prices = (): unknown[] => records().map(({ price }) => price);

const vectorizers: Call[] = [
  func(
    'node.TableVectorizer',
    (...args: [any]) => new node.TableVectorizer(...args).fitTransform(table()),
    () => [vectorizerOptions()],
  ),
  method('node.TableVectorizer#fit', vectorizer, () => [table(), prices()]),
  method('node.TableVectorizer#fitTransform', vectorizer, () => [table(), prices()]),
  method('node.TableVectorizer#fitTransformAsync', vectorizer, () => [table(), prices(), inSlices()]),
  method('node.TableVectorizer#transform', learned, () => [records()]),
  method('node.TableVectorizer#transformAsync', learned, () => [table(), inSlices()]),
  method('node.TableVectorizer#setParams', learned, () => [vectorizerOptions()]),
  ...['featureNames', 'getParams', 'report', 'toJSON'].map((member) =>
    method(`node.TableVectorizer#${member}`, learned, () => []),
  ),
  func(
    'node.TableVectorizer.fromJSON',
    (json: unknown) => node.TableVectorizer.fromJSON(json as never).transform(records() as never),
    () => [JSON.parse(JSON.stringify(learned())) as unknown],
  ),
];

const fitOptions = (): object => ({ ...inSlices(), onEpoch: (): void => {}, sampleWeight: 'weight' });

/** What both models of tables have. */
function ofModel(name: 'TableClassifier' | 'TableRegressor', target: string): Call[] {
  const Class = node[name] as any;
  const small = { hiddenLayerSizes: [2], maxIter: 1, onWarning };
  const estimator = (): object =>
    name === 'TableClassifier' ? new node.MLPClassifier(small) : new node.MLPRegressor(small);
  const options = (): object => ({
    ...{
      target,
      estimator: estimator(),
      columns: choices(),
      validationFraction: 0.34,
      randomState: 1,
      onWarning,
    },
    ...(name === 'TableClassifier' ? { classWeight: { a: 1, b: 2 } } : {}),
  });
  const made = (): any => new Class(options());
  const weighted = (): node.Table =>
    node.fromRecords(records().map((record) => ({ ...record, weight: 2 })) as never);
  let stored: Promise<Uint8Array> | undefined;
  const bytes = (): Promise<Uint8Array> =>
    (stored ??= made()
      .fit(table())
      .then((model: { toBytes(): Uint8Array }) => model.toBytes()));
  const fitted = async (): Promise<any> => Class.fromBytes(await bytes());
  const own = `node.${name}`;
  const predictions =
    name === 'TableClassifier'
      ? ['predict', 'predictProba', 'predictAsync', 'predictProbaAsync']
      : ['predict', 'predictAsync'];
  return [
    func(
      own,
      (...args) => new Class(...args).fit(table()),
      () => [options()],
    ),
    method(`${own}#fit`, made, () => [weighted(), fitOptions()]),
    method(
      `${own}#fit of chunks`,
      () => made().setParams({ columns: { size: 'number' } }),
      () => [chunks()],
    ),
    method(`${own}#partialFit`, fitted, () => [table()]),
    ...predictions.map((member) =>
      method(`${own}#${member}`, fitted, () => [
        records().slice(0, 2),
        ...(member.endsWith('Async') ? [inSlices()] : []),
      ]),
    ),
    method(`${own}#evaluate`, fitted, () => [table()]),
    method(`${own}#score`, fitted, () => [table()]),
    method(`${own}#setParams`, made, () => [options()]),
    method(`${own}#toBytes`, fitted, () => [{ dtype: 'float16' }]),
    ...['featureNames', 'getParams', 'report'].map((member) => method(`${own}#${member}`, fitted, () => [])),
    refusing(method(`${own}#toJSON`, fitted, () => [])),
    func(
      `${own}.fromBytes`,
      async (given: never) => Class.fromBytes(given),
      () => [new Uint8Array(4)],
    ),
  ].map((call) => (call.name.endsWith('.fromBytes') ? { ...call, refuses: true } : call));
}

export const tableCalls: readonly Call[] = [
  ...readers,
  ...tables,
  ...vectorizers,
  ...ofModel('TableClassifier', 'kind'),
  ...ofModel('TableRegressor', 'price'),
];
