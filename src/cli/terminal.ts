/**
 * What a command reads and writes: data on standard output, everything else on standard error, paths from a
 * working folder. Not for what is written: output.ts lays it out, errors.ts words errors.
 */
/** The world of a command; tests have one in memory. */
export interface Terminal {
  /** Writes data, and waits while the reader is behind. */
  write(text: string): Promise<void>;
  /** Writes a message. */
  tell(text: string): void;
  /** Redraws a line of progress, where there is a screen; '' removes it. */
  progress(line: string): void;
  /** A text in bold, where there is a screen that has it. */
  bold(text: string): string;
  /** A path from the working folder. */
  resolve(path: string): string;
  /** Bytes of the standard input. */
  readonly input: AsyncIterable<Uint8Array>;
  /**
   * Calls a function at each signal of a kind instead of ending.
   *
   * @returns a function that ends this
   */
  onSignal(signal: 'SIGINT' | 'SIGTERM', listener: () => void): () => void;
}

/** The terminal of a process. A reader of standard output that goes away, as `head` does, ends it quietly. */
export function terminalOf(process: NodeJS.Process): Terminal {
  const { stdout, stderr, env } = process;
  const bold = stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
  const redraws = stderr.isTTY && env.TERM !== 'dumb';
  let shown = false;
  const progress = (line: string): void => {
    if (!redraws || (line === '' && !shown)) return;
    shown = line !== '';
    // Back to the beginning of the line, which is then erased.
    stderr.write(`\r\x1b[2K${line.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`);
  };
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  return {
    progress,
    write: (text) => {
      progress('');
      return new Promise((resolve) => {
        if (stdout.write(text)) resolve();
        else stdout.once('drain', resolve);
      });
    },
    tell(text) {
      progress('');
      stderr.write(text);
    },
    bold: (text) => (bold ? `\x1b[1m${text}\x1b[22m` : text),
    resolve: (path) => path,
    get input() {
      return process.stdin;
    },
    onSignal(signal, listener) {
      process.on(signal, listener);
      return () => void process.off(signal, listener);
    },
  };
}
