/** onnxruntime-node or -web (its WebAssembly); bench/inference/request.ts describes requests and answers. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { serve } from './serving.mjs';

const name = process.argv[2];
const ort = await import(name).then((module) => module.default ?? module);
const isWeb = name.endsWith('web');
if (isWeb) ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const floats = (file) => new Float32Array(new Uint8Array(readFileSync(file)).buffer);

async function predict({ sizes, onnx, rows, batch, seconds }) {
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(onnx)), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionProviders: [isWeb ? 'wasm' : 'cpu'],
  });
  const x = floats(rows);
  const tensor = (begin, count) =>
    new ort.Tensor('float32', x.slice(begin * sizes[0], (begin + count) * sizes[0]), [count, sizes[0]]);
  const calls = Array.from({ length: batch === 1 ? 256 : 1 }, (_, i) => tensor(i, batch));
  const pass = async () => {
    const start = performance.now();
    for (const call of calls) await session.run({ x: call });
    return (performance.now() - start) / 1e3 / calls.length;
  };
  for (let i = 0; i < 3; i++) await pass();
  const samples = [];
  for (const begin = performance.now(); samples.length < 5 || performance.now() - begin < 1e3 * seconds;) {
    samples.push(await pass());
  }
  const { y } = await session.run({ x: tensor(0, 10) });
  const probabilities = Array.from(y.data);
  await session.release();
  samples.sort((a, b) => a - b);
  return { min: samples[0], median: samples[samples.length >> 1], probabilities };
}

const { version } = createRequire(import.meta.url)(`./node_modules/${name}/package.json`);
await serve({ name: `${name} ${version}` }, predict);
