/** Opens pages of a folder in headless browsers, where these are installed; every page posts an answer. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';

export type BrowserName = 'chromium' | 'firefox';

/** A page, and the headers with which it and its scripts are served. */
export interface Page {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Headers that let a page share memory with its workers. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const COMMANDS = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  firefox: ['firefox-esr', 'firefox'],
};

const CHROMIUM_FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

const FIREFOX_SETTINGS = [
  ...['app.normandy.enabled', 'app.update.enabled', 'browser.shell.checkDefaultBrowser'],
  ...['datareporting.policy.dataSubmissionEnabled', 'extensions.update.enabled'],
  ...['network.captive-portal-service.enabled', 'network.connectivity-service.enabled'],
];

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
};

/** The command of a browser; undefined if it is not installed. */
export function findBrowser(name: BrowserName): string | undefined {
  return COMMANDS[name].find((command) => spawnSync('which', [command], { stdio: 'ignore' }).status === 0);
}

/**
 * Opens pages of a folder, one after the other, and resolves to what they have posted to /answer. The
 * response to an answer names the address of the next page; after the last there is none.
 */
export async function visit(
  name: BrowserName,
  { folder, pages, seconds = 60 }: { folder: string; pages: readonly Page[]; seconds?: number },
): Promise<unknown[]> {
  const command = findBrowser(name);
  if (command === undefined) throw new Error(`${name} is not installed.`);
  const profile = mkdtempSync(join(tmpdir(), 'lamella-profile-'));
  const answers: unknown[] = [];
  const { server, ended } = serve(folder, pages, answers);
  let browser: ChildProcess | undefined;
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${pages[0].path}`;
    browser = start(name, command, profile, address);
    await within(seconds, ended, () => `${name} has not answered ${pages[answers.length].path}`);
  } finally {
    if (browser) await end(browser);
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return answers;
}

function serve(folder: string, pages: readonly Page[], answers: unknown[]) {
  let finish: () => void;
  const ended = new Promise<void>((resolve) => (finish = resolve));
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    if (request.method === 'POST') {
      void bodyOf(request).then((body) => {
        answers.push(JSON.parse(body));
        response.end(pages[answers.length]?.path ?? '');
        if (answers.length === pages.length) finish();
      });
      return;
    }
    try {
      const bytes = readFileSync(join(folder, normalize(decodeURIComponent(pathname))));
      const type = MEDIA_TYPES[extname(pathname)] ?? 'application/octet-stream';
      response.writeHead(200, { ...pages[answers.length]?.headers, 'Content-Type': type });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  return { server, ended };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** Starts a process group, so that everything in it can be ended. */
function start(name: BrowserName, command: string, profile: string, address: string): ChildProcess {
  if (name === 'firefox') {
    const lines = FIREFOX_SETTINGS.map((setting) => `user_pref("${setting}", false);\n`);
    writeFileSync(join(profile, 'user.js'), lines.join(''));
  }
  const args =
    name === 'chromium'
      ? [...CHROMIUM_FLAGS, '--remote-debugging-port=0', `--user-data-dir=${profile}`, address]
      : ['--headless', '--no-remote', '--profile', profile, address];
  return spawn(command, args, { stdio: 'ignore', detached: true });
}

async function end(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined || browser.exitCode !== null) return;
  const exit = new Promise((resolve) => browser.once('exit', resolve));
  process.kill(-browser.pid, 'SIGKILL');
  await exit;
}

async function within(seconds: number, promise: Promise<void>, what: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} within ${seconds} s.`)), seconds * 1000);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
