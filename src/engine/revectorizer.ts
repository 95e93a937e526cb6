import { UnsupportedError } from '../errors.js';

/** V8's flag for its revectorizer, which fuses pairs of vectors. V8 calls it experimental. */
export const REVECTORIZE_FLAG = '--experimental-wasm-revectorize';

/** The first Node.js in whose V8 the flag has an effect. */
const MIN_NODE = 24;

/** The parts of Node's `process` that are read. */
interface NodeProcess {
  readonly arch?: string;
  readonly execArgv?: readonly string[];
  readonly versions?: { readonly node?: string; readonly deno?: string; readonly bun?: string };
  readonly config?: { readonly variables?: Readonly<Record<string, unknown>> };
}

let switchedOn = false;

/** True if the process was started with the flag; the last one counts, as in V8. */
function startedWithFlag({ execArgv = [] }: NodeProcess): boolean {
  const spelled = execArgv.map((word) => word.replaceAll('_', '-'));
  const on = spelled.lastIndexOf(REVECTORIZE_FLAG);
  return on > spelled.lastIndexOf(REVECTORIZE_FLAG.replace('--', '--no-'));
}

/** Why this runtime cannot fuse vectors, whatever its flags; undefined if it can. */
function obstacle({ arch, versions, config }: NodeProcess): string | undefined {
  if (versions?.deno !== undefined) return `this is Deno ${versions.deno}`;
  if (versions?.bun !== undefined) return `this is Bun ${versions.bun}`;
  if (versions?.node === undefined || config?.variables === undefined) return 'this is another runtime';
  if (Number.parseInt(versions.node) < MIN_NODE) return `this is Node.js ${versions.node}`;
  if (arch !== 'x64') return `this is a processor of type ${arch}`;
  if (config.variables.v8_enable_wasm_simd256_revec !== 1) return 'this Node.js is built without it';
  return undefined;
}

/**
 * Refuses unless V8 fuses pairs of vectors here. Where only the flag is missing, `switchOn` may set it;
 * without `switchOn` that is an error too.
 *
 * @throws UnsupportedError that says what to do
 */
export function ensureRevectorizer(
  switchOn?: (flag: string) => void,
  runtime = (globalThis as { process?: NodeProcess }).process ?? {},
): void {
  const reason = obstacle(runtime);
  if (reason !== undefined) {
    throw new UnsupportedError(
      `init: variant 'wide' needs Node.js ${MIN_NODE} or newer on x64 with ${REVECTORIZE_FLAG}, but ${reason}; use 'relaxed' or 'auto'.`,
    );
  }
  if (switchedOn || startedWithFlag(runtime)) return;
  if (!switchOn) {
    throw new UnsupportedError(
      `init: variant 'wide' needs V8's flag ${REVECTORIZE_FLAG}, but this process was started without it; start it as node ${REVECTORIZE_FLAG}, or import init from lamella/node, which sets it.`,
    );
  }
  switchOn(REVECTORIZE_FLAG);
  switchedOn = true;
}
