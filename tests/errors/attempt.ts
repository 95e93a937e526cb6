import { LamellaError } from 'lamella';
import { OwnError } from './wrong-values.js';

/** A call of the public API with arguments as they should be. */
export interface Call {
  /**
   * 'ndarray', 'MLPClassifier#fit', 'MLPClassifier.fromBytes', 'layers.dense'; what follows a blank tells
   * variants apart.
   */
  readonly name: string;
  /** The arguments, anew: parts of them are replaced by wrong ones. */
  readonly args: () => unknown[];
  readonly run: (args: any[]) => unknown;
  /**
   * True if it refuses also arguments as they should be: a file is not there, or the method is there to say
   * so.
   */
  readonly refuses?: boolean;
  /** Undoes what the call may have changed. */
  readonly after?: () => unknown;
}

/** A member of an object that is made anew for every call. */
export function method<T extends object>(
  name: string,
  make: () => T | Promise<T>,
  args: () => unknown[],
): Call {
  const member = name.split(' ')[0].split('#')[1];
  return {
    name,
    args,
    run: async (given) => {
      const object = (await make()) as Record<string, (...args: unknown[]) => unknown>;
      return object[member](...given);
    },
  };
}

/** Setting a property. */
export function setter<T extends object>(
  name: string,
  make: () => T | Promise<T>,
  value: () => unknown,
): Call {
  const member = name.split(' ')[0].split('#')[1].replace('=', '');
  return {
    name,
    args: () => [value()],
    run: async ([given]) => {
      ((await make()) as Record<string, unknown>)[member] = given;
    },
  };
}

/** A function. */
export function func(name: string, run: (...args: any[]) => unknown, args: () => unknown[]): Call {
  return { name, args, run: (given) => run(...(given as unknown[])) };
}

/** True for errors that may come out: of this package, of the caller, and of the file system. */
function mayComeOut(error: unknown): boolean {
  if (error instanceof LamellaError || error instanceof OwnError) return true;
  const { syscall, errno, name, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof syscall === 'string' && typeof errno === 'number') return true;
  // The reason of a signal without one, and what calling the caller's class throws.
  return name === 'AbortError' || String(message).startsWith('Class constructor Wrong');
}

function inShort(error: unknown): string {
  const { name, message, stack } = (error ?? {}) as Error;
  const line =
    String(stack)
      .split('\n')
      .find((each) => each.includes('/src/')) ?? '';
  return `${String(name)}: ${String(message).slice(0, 100)} ${line
    .trim()
    .replace(/^at .*\/src\//, 'src/')
    .replace(/\)$/, '')}`;
}

/** Make a call; what is wrong with the error it ends in, undefined if nothing is. */
export async function attempt(call: Call, args: unknown[]): Promise<string | undefined> {
  try {
    await call.run(args);
    return undefined;
  } catch (error) {
    return mayComeOut(error) ? undefined : inShort(error);
  } finally {
    await call.after?.();
  }
}

/** A call that refuses whatever it is given. */
export function refusing(call: Call): Call {
  return { ...call, refuses: true };
}
