/** For runtimes that read files: measures as its arguments say, and prints what came of it. */
import { loadMnist } from '../../dist/node/node.js';
import { measure } from './epoch.js';

const { train } = await loadMnist();
const [variant, epochs] = process.argv.slice(2);
console.log(JSON.stringify(await measure(train, { variant, epochs: Number(epochs) })));
