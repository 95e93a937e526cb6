import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handlerFor } from '../../src/cli/serve/handler.js';
import { parseCsv, TableClassifier } from '../../src/table.js';
import { flowers } from './terminal.js';

let server: Server;
let open: Server;
let port: number;

beforeAll(async () => {
  const model = new TableClassifier({
    target: 'kind',
    randomState: 0,
    validationFraction: 0,
    onWarning() {},
  });
  await model.fit(parseCsv(flowers()));
  const service = { model, host: '127.0.0.1', cors: undefined };
  server = createServer(handlerFor(service));
  open = createServer(handlerFor({ ...service, cors: 'https://example.com' }));
  for (const each of [server, open]) {
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  }
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.close();
  open.close();
});

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly port?: number;
}

/** Sends a request whose headers, Host included, are as given. */
function ask(path: string, { method, body, headers, port: at = port }: Asked = {}) {
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const sent = request(
        { port: at, path, method: method ?? (body === undefined ? 'GET' : 'POST'), agent: false, headers },
        (response) => {
          let text = '';
          response.on('data', (part) => (text += part));
          response.on('end', () => {
            resolve({ status: response.statusCode!, body: text, headers: response.headers });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    },
  );
}

const typed = { 'content-type': 'application/json' };

describe('serve', () => {
  test('answers a record with a prediction and probabilities, and an array with an array', async () => {
    const one = await ask('/predict', {
      body: '{"petal": 4.5, "place": "north", "code": 1}',
      headers: typed,
    });
    expect(one.status).toBe(200);
    expect(JSON.parse(one.body)).toMatchObject({ prediction: 'iris, blue', probabilities: { daisy: expect.any(Number) } }); // prettier-ignore
    const both = await ask('/predict', {
      body: '[{"petal":4.5},{"petal":1.6,"__proto__":1}]',
      headers: typed,
    });
    expect(JSON.parse(both.body).map(({ prediction }: { prediction: string }) => prediction)).toEqual(['iris, blue', 'daisy']); // prettier-ignore
    expect((await ask('/predict', { body: '[]', headers: typed })).body).toBe('[]\n');
  });

  test.each<[string, string, Asked, number, string]>([
    ['what is no JSON', '/predict', { body: '{', headers: typed }, 400, 'JSON'],
    ['what is no record', '/predict', { body: '[1]', headers: typed }, 400, 'VALUE'],
    ['a value of another type', '/predict', { body: '{"petal":"long"}', headers: typed }, 400, 'VALUE'],
    [
      'another content type',
      '/predict',
      { body: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'TYPE',
    ],
    [
      'a body beyond 1 MB',
      '/predict',
      { body: `"${'x'.repeat(1_000_000)}"`, headers: typed },
      413,
      'TOO_LARGE',
    ],
    ['another path', '/predict/1', {}, 404, 'NOT_FOUND'],
    ['another method', '/predict', { method: 'GET' }, 405, 'METHOD'],
    ['a method that objects inherit', '/', { method: 'POST', body: '' }, 405, 'METHOD'],
    ['another host', '/health', { headers: { host: 'evil.example' } }, 403, 'HOST'],
    [
      'another origin',
      '/predict',
      { body: '{}', headers: { ...typed, origin: 'https://evil.example' } },
      403,
      'ORIGIN',
    ],
  ])('refuses %s', async (_, path, asked, status, code) => {
    const answer = await ask(path, asked);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error).toEqual({ code, message: expect.stringMatching(/\.$/) });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('answers pages of the origin that --cors names', async () => {
    const { port: at } = open.address() as AddressInfo;
    const origin = 'https://example.com';
    const before = await ask('/predict', { method: 'OPTIONS', port: at, headers: { origin } });
    expect(before).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': origin, 'access-control-allow-headers': 'content-type' } }); // prettier-ignore
    const answer = await ask('/predict', { body: '{}', port: at, headers: { ...typed, origin } });
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } });
    const other = await ask('/predict', {
      body: '{}',
      port: at,
      headers: { ...typed, origin: 'https://a.example' },
    });
    expect(other.status).toBe(403);
  });

  test('shows a form of the columns, under a policy that runs its own script only', async () => {
    const { body, headers } = await ask('/');
    for (const name of ['petal', 'place', 'code']) expect(body).toContain(`name="${name}"`);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-.*script-src 'sha256-/,
    );
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  test('tells its health and its counts', async () => {
    expect(JSON.parse((await ask('/health')).body)).toEqual({ status: 'ok', kind: 'TableClassifier', target: 'kind' }); // prettier-ignore
    const { body } = await ask('/metrics');
    expect(body).toMatch(/^lamella_requests_total\{path="\/predict",status="200"\} \d+$/m);
    expect(body).toMatch(/^lamella_requests_total\{path="other",status="404"\} 1$/m);
    expect(body).toMatch(/^lamella_errors_total [1-9]\d*$/m);
    expect(body).toMatch(/^lamella_request_duration_seconds_bucket\{le="\+Inf"\} \d+$/m);
  });
});
