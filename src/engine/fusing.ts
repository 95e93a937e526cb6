import { UnsupportedError } from '../errors.js';

/** V8's flag for what `wide` needs. V8 calls it experimental. */
export const FUSING_FLAG = '--experimental-wasm-revectorize';

/** The first Node.js whose V8 does something with it. */
const LEAST_NODE = 24;

/** As much of Node.js's process as is looked at. */
interface NodeProcess {
  readonly arch?: string;
  readonly execArgv?: readonly string[];
  readonly versions?: { readonly node?: string; readonly deno?: string; readonly bun?: string };
  readonly config?: { readonly variables?: Readonly<Record<string, unknown>> };
}

let switchedOn = false;

/** Whether the process was started with the flag; the last word counts, as in V8. */
function startedWithFlag({ execArgv = [] }: NodeProcess): boolean {
  const spelled = execArgv.map((word) => word.replaceAll('_', '-'));
  const on = spelled.lastIndexOf(FUSING_FLAG);
  return on > spelled.lastIndexOf(FUSING_FLAG.replace('--', '--no-'));
}

/** Why this runtime cannot fuse vectors, whatever its flags; undefined if it can. */
function hindrance({ arch, versions, config }: NodeProcess): string | undefined {
  if (versions?.deno !== undefined) return `this is Deno ${versions.deno}`;
  if (versions?.bun !== undefined) return `this is Bun ${versions.bun}`;
  if (versions?.node === undefined || config?.variables === undefined) return 'this is another runtime';
  if (Number.parseInt(versions.node) < LEAST_NODE) return `this is Node.js ${versions.node}`;
  if (arch !== 'x64') return `this is a processor of type ${arch}`;
  if (config.variables.v8_enable_wasm_simd256_revec !== 1) return 'this Node.js is built without it';
  return undefined;
}

/**
 * Refuses unless V8 fuses pairs of vectors here. Where only the flag is missing, `switchOn` may set it; without
 * `switchOn` that is an error too.
 *
 * @throws UnsupportedError that says what to do
 */
export function ensureFusing(
  switchOn?: (flag: string) => void,
  runtime = (globalThis as { process?: NodeProcess }).process ?? {},
): void {
  const reason = hindrance(runtime);
  if (reason !== undefined) {
    throw new UnsupportedError(
      `init: variant 'wide' needs Node.js ${LEAST_NODE} or newer on x64 with ${FUSING_FLAG}, but ${reason}; use 'relaxed' or 'auto'.`,
    );
  }
  if (switchedOn || startedWithFlag(runtime)) return;
  if (!switchOn) {
    throw new UnsupportedError(
      `init: variant 'wide' needs V8's flag ${FUSING_FLAG}, but this process was started without it; start it as node ${FUSING_FLAG}, or import init from lamella/node, which sets it.`,
    );
  }
  switchOn(FUSING_FLAG);
  switchedOn = true;
}
