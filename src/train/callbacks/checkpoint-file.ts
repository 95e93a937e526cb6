/**
 * Saves for modelCheckpoint: decides whether the model is to be saved, names the file and writes it. Loaded
 * the first time that a save may be due. Not for its options and hooks (model-checkpoint.ts).
 */
import { ValueError } from '../../errors.js';
import { LamellaWarning, warn } from '../../warnings.js';
import { loggedValue } from './arguments.js';
import type { Comparison, Mode } from './monitor.js';
import { floatText, warnIfNaN } from './monitor.js';
import type { CallbackModel, Logs, TrainParams } from './types.js';
import type { Write } from './arguments.js';

export interface CheckpointPolicy {
  /** Name of the value to monitor, as in the logs. Default 'val_loss'. */
  readonly monitor?: string;
  /** 1: print what is saved. Default 0. */
  readonly verbose?: number | boolean;
  /** Save only when `monitor` has improved. Default false: every time. */
  readonly saveBestOnly?: boolean;
  /**
   * Direction of improvement: 'min' (smaller is better), 'max', or 'auto' (default), by the name of
   * `monitor`.
   */
  readonly mode?: Mode;
  /** 'epoch' (default): at the end of every epoch. A number: after so many steps, counted over all epochs. */
  readonly saveFreq?: 'epoch' | number;
  /**
   * Value that the first model of a fit must improve on. Default null: any value does. Pass the `best` of an
   * earlier fit to keep its file unless this fit improves on it.
   */
  readonly initialValueThreshold?: number | null;
}

/** The state by which `saveCheckpoint` decides whether to store a model. */
interface Decision {
  readonly policy: Required<CheckpointPolicy>;
  readonly comparison: Comparison;
  readonly params: TrainParams | undefined;
  /** Holder of the best value so far, updated before the model is stored. */
  readonly bests: { best: number | null };
}

interface Moment {
  readonly logs: Logs;
  /** 0-based. */
  readonly epoch: number;
  readonly model: CallbackModel;
}

/** Store a model if the policy wants it, under `pattern` with its values filled in. */
export async function saveCheckpoint(
  pattern: string,
  write: Write,
  decision: Decision,
  { logs, epoch, model }: Moment,
): Promise<void> {
  const { verbose } = decision.policy;
  const say = (what: string): void => void (verbose && console.log(`\nEpoch ${epoch + 1}: ${what}`));
  const name = fileName('modelCheckpoint', pattern, { ...logs, epoch: epoch + 1 });
  if (!isWanted(decision, logs, epoch, say, name)) return;
  await write(name, model.toBytes());
  say(`finished saving model to ${name}`);
}

function isWanted(
  { policy, comparison, params, bests }: Decision,
  logs: Logs,
  epoch: number,
  say: (what: string) => void,
  name: string,
): boolean {
  const { monitor, saveBestOnly } = policy;
  if (!saveBestOnly) {
    say(`saving model to ${name}`);
    return true;
  }
  if (!Object.hasOwn(logs, monitor)) {
    const message = `Can save best model only with ${monitor} available. Available metrics are: ${Object.keys(logs).join(',')}`;
    warn(new LamellaWarning(message, 'MISSING_MONITOR'), params?.onWarning);
    return true;
  }
  const current = loggedValue('modelCheckpoint', logs, monitor);
  warnIfNaN(params, monitor, current, epoch);
  const best = bests.best === null ? 'None' : bests.best.toFixed(5);
  if (!comparison.improves(current, bests.best)) {
    say(`${monitor} did not improve from ${best}`);
    return false;
  }
  say(`${monitor} improved from ${best} to ${current.toFixed(5)}, saving model to ${name}`);
  bests.best = current;
  return true;
}

/**
 * Fill {epoch}, {epoch:02d}, {val_loss:.2f} and so on in a name, as Python's str.format does with the formats
 * d, f and e.
 *
 * @param values 'epoch' and 'batch' are integers, all others are not
 * @throws ValueError for an unknown value or another format
 */
export function fileName(owner: string, pattern: string, values: Readonly<Record<string, number>>): string {
  return pattern.replace(/\{([^{}:]*)(?::([^{}]*))?\}/g, (_all, key: string, format: string | undefined) => {
    if (!Object.hasOwn(values, key)) {
      throw new ValueError(
        `${owner}: the name '${pattern}' must ask for what is available, ${Object.keys(values).sort().join(', ')}, but received {${key}}.`,
      );
    }
    const value = loggedValue(owner, values, key);
    const integer = key === 'epoch' || key === 'batch';
    if (!format) return integer ? String(value) : floatText(value);
    return formatted(owner, pattern, value, format);
  });
}

function formatted(owner: string, pattern: string, value: number, format: string): string {
  const [, zero, width, digits, kind] = /^(0?)(\d{0,2})(?:\.(\d{1,2}))?([dfe])$/.exec(format) ?? [];
  if (kind === undefined || (kind === 'd' && (digits !== undefined || !Number.isInteger(value)))) {
    throw new ValueError(
      `${owner}: a format in the name '${pattern}' must be like 02d, .4f or .2e, and d for integers only, but received '${format}' for ${value}.`,
    );
  }
  let text = String(value);
  if (kind === 'f') text = value.toFixed(Number(digits ?? 6));
  if (kind === 'e') text = value.toExponential(Number(digits ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2');
  const columns = Number(width || 0);
  if (!zero) return text.padStart(columns);
  const sign = text.startsWith('-') ? '-' : '';
  return sign + text.slice(sign.length).padStart(columns - sign.length, '0');
}
