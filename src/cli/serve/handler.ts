/**
 * Answers the requests of `serve`: predictions for records, a page, health and counts. Limits of size and
 * time, and who may ask. Listening and ending are in command.ts.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { LamellaError } from '../../errors.js';
import { TableClassifier } from '../../table/classifier.js';
import type { TableModel } from '../network.js';
import { Metrics } from './metrics.js';
import { pageFor } from './page.js';

/** Bytes of a request's body, at most: 1 MB. */
const MAX_BODY = 1_000_000;

/** A refusal. */
class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** What a handler needs. */
export interface Service {
  readonly model: TableModel;
  /** Host that the server listens on. */
  readonly host: string;
  /** Origin whose pages may ask, beside the server's own. */
  readonly cors: string | undefined;
}

/** An answer. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const json = (status: number, value: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  ...{ status, type: 'application/json', body: `${JSON.stringify(value)}\n` },
  ...(headers && { headers }),
});

/**
 * Names by which a server may be addressed. Another one in the Host header is that of a page elsewhere whose
 * name was made to point here (DNS rebinding). A server that listens on all addresses has names unknown here.
 */
function checkHost({ headers }: IncomingMessage, host: string): void {
  if (host === '0.0.0.0' || host === '::') return;
  const name = (headers.host ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (['localhost', '127.0.0.1', '::1', host.toLowerCase()].includes(name)) return;
  throw new HttpError(
    403,
    'HOST',
    `The Host header must be localhost or ${host}, but received ${JSON.stringify(name)}.`,
  );
}

/** Pages of other origins are not answered, unless theirs is the one that may ask. */
function checkOrigin({ headers }: IncomingMessage, cors: string | undefined): void {
  const { origin } = headers;
  if (origin === undefined || origin === cors || cors === '*') return;
  if (origin === `http://${headers.host}` || origin === `https://${headers.host}`) return;
  throw new HttpError(
    403,
    'ORIGIN',
    'The page is of another origin; start the server with --cors to allow it.',
  );
}

/** The body of a request. @throws HttpError for one that is too long */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const tooLong = () =>
    new HttpError(413, 'TOO_LARGE', `The body must have at most ${MAX_BODY} bytes.`, { connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) throw tooLong();
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY) throw tooLong();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new HttpError(400, 'JSON', 'The body must be JSON: a record or an array of records.');
  }
}

/** Predictions for a record, or for an array of them. @throws HttpError for anything else */
async function predictions(model: TableModel, input: unknown, metrics: Metrics): Promise<unknown> {
  const records: readonly unknown[] = Array.isArray(input) ? input : [input];
  const wrong = records.findIndex((each) => typeof each !== 'object' || each === null || Array.isArray(each));
  if (wrong >= 0) {
    throw new HttpError(
      400,
      'VALUE',
      'The body must be a record, {"column": value}, or an array of records.',
    );
  }
  const rows = records as readonly Readonly<Record<string, unknown>>[];
  // A slice of work at a time, so that a long array does not keep other requests waiting.
  const single = rows.length === 1;
  const labels = single ? model.predict(rows) : await model.predictAsync(rows);
  const isClassifier = model instanceof TableClassifier && 'predictProba' in model.estimator;
  const shares = !isClassifier
    ? undefined
    : single
      ? model.predictProba(rows)
      : await model.predictProbaAsync(rows);
  metrics.predicted(rows.length);
  const answers = Array.from(labels as ArrayLike<unknown>, (prediction, row) => ({
    prediction,
    ...(shares && { probabilities: shares[row] }),
  }));
  return Array.isArray(input) ? answers : answers[0];
}

/** What is answered at each path: the methods, and the answer. */
type Route = Readonly<Record<string, (request: IncomingMessage) => Answer | Promise<Answer>>>;

function routesFor({ model }: Service, metrics: Metrics): ReadonlyMap<string, Route> {
  const page = pageFor(model);
  const post = async (request: IncomingMessage): Promise<Answer> => {
    const type = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
    if (type !== 'application/json') {
      throw new HttpError(415, 'TYPE', "The body must have the content type 'application/json'.");
    }
    return json(200, await predictions(model, parsed(await bodyOf(request)), metrics));
  };
  return new Map<string, Route>([
    ['/predict', { POST: post }],
    ['/health', { GET: () => json(200, { status: 'ok', kind: model.name, target: model.target }) }],
    ['/metrics', { GET: () => ({ status: 200, type: 'text/plain; version=0.0.4', body: metrics.text() }) }],
    [
      '/',
      {
        GET: () => ({
          ...{ status: 200, type: 'text/html', body: page.html },
          headers: { 'content-security-policy': page.policy },
        }),
      },
    ],
  ]);
}

/** The answer to an error; what is no refusal is an error of the server, whose words stay here. */
function refusal(error: unknown): Answer {
  if (error instanceof HttpError) {
    const { status, code, message, headers } = error;
    return json(status, { error: { code, message } }, headers);
  }
  if (error instanceof LamellaError)
    return json(400, { error: { code: error.code, message: error.message } });
  return json(500, { error: { code: 'INTERNAL', message: 'The server has failed to answer.' } });
}

/** Headers by which a browser lets pages of another origin ask. */
function corsHeaders({ headers }: IncomingMessage, cors: string | undefined): Record<string, string> {
  if (cors === undefined) return {};
  const allowed = cors === '*' ? '*' : headers.origin === cors ? cors : undefined;
  return { vary: 'origin', ...(allowed !== undefined && { 'access-control-allow-origin': allowed }) };
}

/** Answers the requests of a server. */
export function handlerFor(service: Service, metrics = new Metrics()): RequestListener {
  const routes = routesFor(service, metrics);
  const preflight = {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type',
  };
  const answerTo = async (request: IncomingMessage, path: string): Promise<Answer> => {
    checkHost(request, service.host);
    checkOrigin(request, service.cors);
    const route = routes.get(path);
    if (route === undefined)
      throw new HttpError(404, 'NOT_FOUND', 'The paths are /, /predict, /health and /metrics.');
    const method = request.method === 'HEAD' ? 'GET' : request.method!;
    if (method === 'OPTIONS' && service.cors !== undefined) {
      return { status: 204, type: 'text/plain', body: '', headers: preflight };
    }
    const answer = Object.hasOwn(route, method) ? route[method] : undefined;
    if (answer) return answer(request);
    const allow = Object.keys(route).join(', ');
    throw new HttpError(405, 'METHOD', `The method must be ${allow}.`, { allow });
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const start = performance.now();
    const path = (request.url ?? '/').split('?')[0];
    const answer = await answerTo(request, path).catch(refusal);
    const { status, type, body, headers } = answer;
    metrics.answered(routes.has(path) ? path : 'other', status, (performance.now() - start) / 1000);
    if (response.destroyed) return;
    response.writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      ...{ 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' },
      ...{ 'x-content-type-options': 'nosniff', ...corsHeaders(request, service.cors), ...headers },
    });
    response.end(request.method === 'HEAD' || status === 204 ? undefined : body);
  };
  return (request, response) => void handle(request, response);
}
