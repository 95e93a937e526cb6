/**
 * The command `serve`: predictions of a model over HTTP, until SIGTERM or SIGINT. What requests are answered
 * is in handler.ts.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { EXIT } from '../errors.js';
import { readTableModel } from '../models.js';
import type { TableModel } from '../network.js';
import type { Terminal } from '../terminal.js';
import { TableClassifier } from '../../table/classifier.js';
import { handlerFor } from './handler.js';

/** The flags of `serve` as commander gives them. */
export interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly cors?: string;
}

function portFlag(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new InvalidArgumentError('It must be a port from 0 to 65535; 0 takes a free one.');
}

/** 'https://example.com' as browsers write it. */
function originFlag(text: string): string {
  if (text === '*') return text;
  try {
    const { origin } = new URL(text);
    if (origin !== 'null' && new URL(text).href.replace(/\/$/, '') === origin) return origin;
  } catch {
    // It is refused below.
  }
  throw new InvalidArgumentError("It must be an origin, such as 'https://example.com', or *.");
}

/** Adds the flags of `serve` to its command. */
export function addServeFlags(command: Command): Command {
  return command
    .option('--port <n>', 'port', portFlag, 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--cors <origin>', 'origin whose pages may ask too (default: none)', originFlag);
}

/** Milliseconds that a request may take to arrive, and that requests have to end once the server shall. */
const [REQUEST_MS, END_MS] = [10_000, 8_000];

/** Predicts some rows, so that the first request finds compiled code. */
function warmUp(model: TableModel): void {
  for (let i = 0; i < 50; i++) {
    model.predict([{}]);
    if (model instanceof TableClassifier && 'predictProba' in model.estimator) model.predictProba([{}]);
  }
}

/** Serves a model until a signal ends it: requests under way are finished. */
export async function serve(
  terminal: Terminal,
  path: string,
  { port, host, cors }: ServeFlags,
): Promise<number> {
  const model = await readTableModel(terminal, path, 'serve');
  const { onWarning } = model.getParams();
  model.setParams({ onWarning: () => {} });
  warmUp(model);
  model.setParams({ onWarning });
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    handlerFor({ model, host, cors }),
  );
  server.maxRequestsPerSocket = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  await terminal.write(`Serving ${path} at http://${name}:${own}\n`);
  await new Promise<void>((resolve) => {
    const end = () => {
      for (const stop of stops) stop();
      server.close(() => resolve());
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), END_MS).unref();
    };
    const stops = (['SIGTERM', 'SIGINT'] as const).map((signal) => terminal.onSignal(signal, end));
  });
  return EXIT.ok;
}
