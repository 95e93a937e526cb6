import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';

/** What a command has printed and returned. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a run is given beside its arguments. */
export interface RunOptions {
  /** Standard input. */
  readonly input?: string;
  /** Called with every line of progress, and with what sends a signal. */
  readonly onProgress?: (line: string, signal: (name: 'SIGINT' | 'SIGTERM') => void) => void;
  /** Called with the text of every message, and with what sends a signal. */
  readonly onTell?: (text: string, signal: (name: 'SIGINT' | 'SIGTERM') => void) => void;
}

/** A folder in which commands run in this process. */
export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'lamella-cli-'));

  write(name: string, contents: string | Uint8Array): void {
    writeFileSync(join(this.path, name), contents);
  }

  read(name: string): Buffer {
    return readFileSync(join(this.path, name));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  async run(args: readonly string[], { input = '', onProgress, onTell }: RunOptions = {}): Promise<Run> {
    let [out, err] = ['', ''];
    const listeners = new Map<string, () => void>();
    const signal = (name: string) => listeners.get(name)?.();
    const terminal: Terminal = {
      write: async (text) => void (out += text),
      tell(text) {
        err += text;
        onTell?.(text, signal);
      },
      progress: (line) => onProgress?.(line, signal),
      bold: (text) => text,
      resolve: (path) => join(this.path, path),
      input: (async function* () {
        yield new TextEncoder().encode(input);
      })(),
      onSignal(name, listener) {
        listeners.set(name, listener);
        return () => listeners.delete(name);
      },
    };
    const code = await runCli(args, terminal);
    return { code, out, err };
  }
}

/** 60 flowers of two kinds, told apart by the length of their petals. */
export function flowers(): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const long = i % 2 === 1;
    const petal = i === 4 ? '' : ((long ? 4 : 1.5) + (i % 7) / 10).toFixed(1);
    return `${petal},${['north', 'south', 'east'][i % 3]},${i % 5},${long ? '"iris, blue"' : 'daisy'}`;
  });
  return `petal,place,code,kind\n${rows.join('\n')}\n`;
}
