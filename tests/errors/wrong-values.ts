import { runInNewContext } from 'node:vm';

/** What functions, proxies and signals of the caller throw: it must come out as it is. */
export class OwnError extends Error {
  override readonly name = 'OwnError';
}

/** A value that some place does not want, made anew for every call. */
export interface WrongValue {
  readonly name: string;
  readonly make: () => unknown;
}

const throwOwn = (): never => {
  throw new OwnError('thrown by the caller');
};

/** Rejects; where nobody waits, nothing is reported. */
function rejectOwn(): Promise<never> {
  const rejected = Promise.reject(new OwnError('rejected by the caller'));
  rejected.catch(() => {});
  return rejected;
}

const Resizable = ArrayBuffer as unknown as new (
  size: number,
  options: { maxByteLength: number },
) => ArrayBuffer & {
  resize(size: number): void;
};

/** A view of a buffer that has become too short for it. */
function shrunk(view: (buffer: ArrayBuffer) => ArrayBufferView, size = 4): ArrayBufferView {
  const buffer = new Resizable(32, { maxByteLength: 64 });
  const made = view(buffer);
  buffer.resize(size);
  return made;
}

function detached<T extends ArrayBufferView>(view: T): T {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}

function cycle(): unknown[] {
  const array: unknown[] = [1];
  array.unshift([array]);
  return array;
}

function cyclicObject(): object {
  const object: Record<string, unknown> = { name: 'x' };
  object.self = object;
  return object;
}

function deep(wrap: (inner: unknown) => unknown, levels = 5000): unknown {
  let nested: unknown = 1;
  for (let i = 0; i < levels; i++) nested = wrap(nested);
  return nested;
}

/** A proxy of which every use throws. */
function throwingProxy(target: object): object {
  const traps = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'set'] as const;
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, throwOwn])));
}

/** A signal as old polyfills have it: no reason, no throwIfAborted. */
function polyfilled(aborted: boolean): object {
  return { aborted, addEventListener: () => {}, removeEventListener: () => {} };
}

const primitives: Record<string, unknown> = {
  ...{
    undefined,
    null: null,
    true: true,
    false: false,
    NaN,
    '0': 0,
    '-0': -0,
    '1': 1,
    '-1': -1,
    '1.5': 1.5,
    '17': 17,
  },
  ...{
    Infinity,
    '1e308': 1e308,
    '-1e308': -1e308,
    '1e39': 1e39,
    '5e-324': 5e-324,
    '2^31': 2 ** 31,
    '2^53': 2 ** 53,
  },
  ...{
    "''": '',
    "'x'": 'x',
    "'1'": '1',
    "'__proto__'": '__proto__',
    "'constructor'": 'constructor',
    NUL: 'a\0b',
  },
  ...{
    'escape codes': '\x1b[31m\n',
    'a long string': 'a_'.repeat(20_000),
    bigint: 5n,
    symbol: Symbol('wrong'),
  },
};

const objects: Record<string, () => unknown> = {
  '[]': () => [],
  '[[]]': () => [[]],
  '[1]': () => [1],
  '[[1]]': () => [[1]],
  '[[1, 2], [3]]': () => [[1, 2], [3]],
  '[null]': () => [null],
  "['a']": () => ['a'],
  '[symbol]': () => [Symbol('wrong')],
  '[bigint]': () => [5n, 6n],
  '[NaN, Infinity]': () => [NaN, Infinity],
  'an array with holes': () => Object.assign([], { 1: 2, length: 4 }),
  'an array of holes': () => new Array(3),
  'an array that contains itself': cycle,
  'a deep array': () => deep((inner) => [inner]),
  'a row that is deep': () => [[1], deep((inner) => [inner])],
  'a frozen array': () => Object.freeze([0, 0]),
  '{}': () => ({}),
  'a frozen object': () => Object.freeze({}),
  'an object without prototype': () => Object.create(null) as object,
  'an object that contains itself': cyclicObject,
  'a deep object': () => deep((inner) => ({ name: inner })),
  '{ unknown }': () => ({ unknown: 1 }),
  '{ length: 2 }': () => ({ length: 2 }),
  '{ length: -1 }': () => ({ length: -1, 0: 1 }),
  '{ name: 5 }': () => ({ name: 5 }),
  '{ name }': () => ({ name: 'adam', options: null }),
  "{ constructor: 'x' }": () => ({ constructor: null }),
  '{ __proto__ } of JSON': () => JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}') as object,
  'boxed values': () => [new Number(1), new String('a'), new Boolean(true)],
  'a boxed number': () => new Number(2),
  'a Map': () =>
    new Map<unknown, unknown>([
      [1, 'a'],
      [Symbol('s'), 1],
    ]),
  'a Set': () => new Set([1]),
  'a Date': () => new Date(NaN),
  'a RegExp': () => /a/g,
  'an Error': () => new Error('given'),
  'a Promise': () => Promise.resolve([1]),
  'an AbortSignal': () => new AbortController().signal,
  'an aborted signal': () => AbortSignal.abort(new OwnError('reason')),
  'a polyfilled signal': () => polyfilled(false),
  'a polyfilled, aborted signal': () => polyfilled(true),
  'a file: URL': () => new URL('file:///a%2Fb'),
  'an http: URL': () => new URL('http://localhost/a'),
  'a foreign module': () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  'a generator': () =>
    (function* (): Generator<number> {
      yield 1;
    })(),
  'a proxy': () => new Proxy({}, {}),
  'a proxy that throws': () => throwingProxy({}),
  'a proxy of an array that throws': () => throwingProxy([1, 2]),
  'a getter that throws': () => Object.defineProperty({}, 'name', { enumerable: true, get: throwOwn }),
  'a frozen list of objects': () => Object.freeze([{}, {}]),
};

const functions: Record<string, () => unknown> = {
  'a function': () => () => {},
  'a function of 5': () => () => 5,
  'a function of NaN': () => () => NaN,
  "a function of 'x'": () => () => 'x',
  'a function of an object': () => () => ({}),
  'a function of an array': () => () => [1],
  'a function of a symbol': () => () => Symbol('s'),
  'a function of null members': () => () => ({ loss: 1, gradient: null, fit: null }),
  'a function that throws': () => throwOwn,
  'a function that rejects': () => rejectOwn,
  'an async function': () => async () => {},
  'a generator function': () =>
    function* (): Generator<number> {
      yield 1;
    },
  'a generator function of batches': () =>
    function* (): Generator<unknown> {
      yield [[[1]], null];
    },
  'a generator function that throws': () =>
    function* (): Generator<number> {
      yield throwOwn();
    },
  'a class': () => class Wrong {},
};

const views: Record<string, () => unknown> = {
  'an empty Float32Array': () => new Float32Array(0),
  'a Float32Array of NaN': () => new Float32Array(4).fill(NaN),
  'a detached Float32Array': () => detached(new Float32Array(4)),
  'a detached Uint8Array': () => detached(new Uint8Array(4)),
  'a shrunk Float32Array': () => shrunk((buffer) => new Float32Array(buffer, 8, 4)),
  'a shrunk Uint8Array that tracks length': () => shrunk((buffer) => new Uint8Array(buffer, 8)),
  'a shorter Float64Array that tracks length': () => shrunk((buffer) => new Float64Array(buffer), 16),
  'a Float32Array of shared memory': () => new Float32Array(new SharedArrayBuffer(16)),
  'a Float32Array of a resizable buffer': () => new Float32Array(new Resizable(16, { maxByteLength: 64 })),
  'a view with an offset': () => new Uint8Array(new ArrayBuffer(16), 3, 5),
  'an Int8Array': () => new Int8Array([-1, 2]),
  'a BigInt64Array': () => new BigInt64Array(4),
  'a DataView': () => new DataView(new ArrayBuffer(8)),
  'an ArrayBuffer': () => new ArrayBuffer(8),
  'a Buffer': () => Buffer.from('wrong'),
  'an array of detached rows': () => [[1, 2], detached(new Float32Array(2))],
  'a Float16Array': () => {
    const { Float16Array } = globalThis as { Float16Array?: new (values: number[]) => object };
    return Float16Array ? new Float16Array([1, NaN, 3, 4]) : new Uint16Array(4);
  },
  'a Float32Array of another realm': () => runInNewContext('new Float32Array([1, 2, 3, 4])'),
  'a Uint8Array of another realm': () => runInNewContext('new Uint8Array([1, 2, 3, 4])'),
  'an array of another realm': () => runInNewContext('[[1, 2], [3, 4]]'),
  'an object of another realm': () => runInNewContext('({})'),
  'a function of another realm': () => runInNewContext('() => 1'),
};

const four = (): Float32Array => Float32Array.of(1, 2, 3, 4);

const arrays: Record<string, object> = {
  'data and shape null': { data: null, shape: null },
  'no data': { shape: [2, 2] },
  'plain data': { data: [1, 2, 3, 4], shape: [2, 2] },
  'another shape': { data: four(), shape: [2, 3] },
  'a negative shape': { data: four(), shape: [-2, -2] },
  'a fractional shape': { data: four(), shape: [2.5, 1.6] },
  'a shape of symbols': { data: four(), shape: [Symbol('s'), 2] },
  'a shape of strings': { data: four(), shape: ['2', '2'] },
  'a shape of bigints': { data: four(), shape: [2n, 2n] },
  'a shape that is a number': { data: four(), shape: 4 },
  'a detached shape': { data: four(), shape: detached(Int32Array.of(2, 2)) },
  'a long shape': { data: Float32Array.of(1), shape: new Array(100_000).fill(1) },
  'a huge empty shape': { data: new Float32Array(0), shape: [2 ** 31, 0] },
  'a huge shape': { data: four(), shape: [2 ** 52, 2 ** 52] },
  'rank 0': { data: Float32Array.of(1), shape: [] },
  'rank 0 without data': { data: new Float32Array(0), shape: [] },
  'a scale that is text': { data: four(), shape: [2, 2], scale: '2' },
  'an infinite scale': { data: four(), shape: [2, 2], scale: Infinity },
  'a huge scale': { data: four(), shape: [2, 2], scale: 1e308 },
  'strides of another rank': { data: four(), shape: [2, 2], stride: [1], offset: 0 },
  'strides that are a number': { data: four(), shape: [2, 2], stride: 1, offset: 0 },
  'strides null': { data: four(), shape: [2, 2], stride: null, offset: null },
  'strides of symbols': { data: four(), shape: [2, 2], stride: [Symbol('s'), 1], offset: 0 },
  'strides beyond the data': { data: four(), shape: [2, 2], stride: [1e9, 1], offset: 0 },
  'huge strides': { data: four(), shape: [2, 2], stride: [1e308, -1e308], offset: 1e308 },
  'an offset that is text': { data: four(), shape: [2, 2], stride: [2, 1], offset: '0' },
  'a negative offset': { data: four(), shape: [2, 2], stride: [2, 1], offset: -1 },
  'strides and no shape': { data: four(), shape: null, stride: [2, 1], offset: 0 },
  'strides and shape a number': { data: four(), shape: 2, stride: [2, 1], offset: 0 },
  'strides and objects as data': { data: [{}, null, 3, 4], shape: [2, 2], stride: [2, 1], offset: 0 },
  'strides 0 and a huge shape': { data: [1], shape: [2 ** 31, 2], stride: [0, 0], offset: 0 },
  'a strided view': { data: four(), shape: [2, 2], stride: [1, 2], offset: 0 },
  'CSR of null': { data: null, indices: null, indptr: null, shape: null },
  'CSR without data': { data: null, indices: [0], indptr: [0, 1], shape: [1, 2] },
  'CSR without indices': { data: [1], indices: null, indptr: [0, 1], shape: [1, 2] },
  'CSR without indptr': { data: [1], indices: [0], indptr: undefined, shape: [1, 2] },
  'CSR with a shape of null': { data: [1], indices: [0], indptr: [0, 1], shape: null },
  'CSR of text': { data: 'x', indices: 'y', indptr: 'zz', shape: [1, 2] },
  'CSR of huge columns': { data: [1, 1], indices: [0, 1], indptr: [0, 1, 2], shape: [2, 2 ** 53 - 1] },
  'CSR of many columns': {
    data: [1, 1],
    indices: [0, 2 ** 31 - 3],
    indptr: [0, 1, 2],
    shape: [2, 2 ** 31 - 1],
  },
  'CSR of huge rows': { data: [1], indices: [0], indptr: [0, 1], shape: [2 ** 31, 2] },
  'CSR with an index beyond': { data: [1], indices: [9], indptr: [0, 1], shape: [1, 2] },
  'CSR with falling indptr': { data: [1, 1], indices: [0, 1], indptr: [0, 2, 1], shape: [2, 2] },
  'CSR of symbols': { data: [Symbol('s')], indices: [Symbol('s')], indptr: [0, 1], shape: [1, 2] },
  'CSR of bigints': { data: [1n], indices: [0n], indptr: [0n, 1n], shape: [1, 2] },
  'CSR of NaN': { data: [NaN], indices: [0], indptr: [0, 1], shape: [1, 2] },
  'CSR of detached parts': { data: detached(four()), indices: [0], indptr: [0, 1], shape: [1, 2] },
  'CSR as it should be': { data: [1, 2], indices: [0, 1], indptr: [0, 1, 2], shape: [2, 2] },
  'a tensor': { shape: [2, 2], dtype: 'float32', data: () => {}, dataSync: () => {} },
  'a data frame': { values: [[1, 2]], shape: [1, 2], columns: ['a', 'b'] },
};

const named = (kind: string, table: Record<string, () => unknown>): WrongValue[] =>
  Object.entries(table).map(([name, make]) => ({ name: `${kind}${name}`, make }));

const constants = (table: Record<string, unknown>): Record<string, () => unknown> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, () => value]));

/** All of them: primitives, objects, functions, views of memory, and arrays that are malformed. */
export const wrongValues: readonly WrongValue[] = [
  ...named('', constants(primitives)),
  ...named('', objects),
  ...named('', functions),
  ...named('', views),
  ...named('array with ', constants(arrays)),
];
