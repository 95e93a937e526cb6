/**
 * Serves the playground, on this computer only.
 *
 *   node examples/playground/serve.mjs [port]
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };

const server = createServer(async ({ url }, response) => {
  const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
  const type = types[extname(path)];
  try {
    if (!type || !/^\/(dist|examples)\//.test(path)) throw new Error('not of the playground');
    const bytes = await readFile(join(root, path));
    response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});

server.listen(Number(process.argv[2] ?? 8080), 'localhost', () => {
  console.log(`http://localhost:${server.address().port}/examples/playground/index.html`);
});
