import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CALL = `
  const module = new WebAssembly.Module(require('node:fs').readFileSync(process.argv[1]));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  for (const name of process.argv.slice(2)) exports[name]();`;

interface Instruction {
  /** Bytes from the start of the function. */
  readonly at: number;
  readonly text: string;
}

/**
 * Optimised machine code of exported functions of a variant, or undefined where Node.js prints none that can
 * be read.
 */
export function machineCode(
  command: string,
  flags: readonly string[],
  variant: string,
  names: readonly string[],
): Instruction[][] | undefined {
  const binary = fileURLToPath(new URL(`../../build/wasm/${variant}.wasm`, import.meta.url));
  const args = [...flags, '--print-wasm-code', '--no-liftoff', '--eval', CALL, binary, ...names];
  const { stdout } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const functions = stdout
    .split('--- WebAssembly code ---')
    .filter((text) => /^kind: wasm function$/m.test(text))
    .map(instructionsOf);
  return process.arch === 'x64' && functions.length === names.length ? functions : undefined;
}

/** Lines such as '0x25656d934840     0  55                   push rbp'. */
function instructionsOf(text: string): Instruction[] {
  return Array.from(text.matchAll(/^0x[0-9a-f]+ +([0-9a-f]+) +[0-9a-f]+ +(\S.*)$/gm), ([, at, code]) => ({
    at: parseInt(at, 16),
    text: code,
  }));
}

/**
 * The shortest loop with products, from the target of a jump back to the jump, that calls nothing, as a check
 * of the stack may.
 */
export function hotLoop(instructions: readonly Instruction[]): string[] {
  const loops = instructions.flatMap(({ at, text }) => {
    const back = /^j\w+ .*<\+0x([0-9a-f]+)>/.exec(text);
    const begin = back ? parseInt(back[1], 16) : at;
    return begin < at ? [instructions.filter((one) => one.at >= begin && one.at <= at)] : [];
  });
  const shortest = loops
    .map((loop) => loop.map(({ text }) => text))
    .filter((loop) => products(loop) > 0 && !loop.some((text) => text.startsWith('call')))
    .sort((a, b) => a.length - b.length);
  return shortest[0] ?? [];
}

export function products(loop: readonly string[]): number {
  return loop.filter((text) => /^v(fmadd\w*ps|mulps) /.test(text)).length;
}

/** Vectors that go to the stack or come from it. */
export function spills(loop: readonly string[]): string[] {
  return loop.filter((text) => /[xy]mm\d+/.test(text) && /\[r[bs]p[-+\]]/.test(text));
}
