/** Measures in runtimes that read files, with the parameters of the command line, and prints the result. */
import { loadMnist } from '../../dist/node/node.js';
import { measure } from './epoch.js';

const { train } = await loadMnist();
const [variant, epochs] = process.argv.slice(2);
console.log(JSON.stringify(await measure(train, { variant, epochs: Number(epochs) })));
