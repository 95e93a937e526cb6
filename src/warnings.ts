import { printable } from './check/describe.js';

/** The kinds of warnings. */
export type WarningCode =
  /** Training ended before it converged. */
  | 'CONVERGENCE'
  /** Features are so large that they have probably not been scaled. */
  | 'UNSCALED_X'
  /** Targets are so large that they have probably not been scaled. */
  | 'UNSCALED_Y'
  /** The loss does not go with the output layer. */
  | 'LOSS_AND_OUTPUT'
  /** batchSize exceeds the number of rows. */
  | 'BATCH_SIZE'
  /** A class has fewer rows than there are folds. */
  | 'SMALL_CLASS'
  /** Rows of probabilities do not sum to 1. */
  | 'NOT_PROBABILITIES'
  /** A score is not defined for these data, and gets the value that the message names. */
  | 'UNDEFINED_SCORE'
  /** The value that a callback or early stopping monitors is NaN. */
  | 'NAN_MONITOR'
  /** The value that a callback monitors does not exist. */
  | 'MISSING_MONITOR'
  /** Rows of a table have no target. */
  | 'DROPPED_ROWS'
  /** Rows of a stream are sorted by their target. */
  | 'SORTED_TARGET'
  /** Rows have columns that the model does not know. */
  | 'UNKNOWN_COLUMNS'
  /** Rows lack columns that the model knows. */
  | 'MISSING_COLUMNS';

/**
 * Something a user should know that is no error. `onWarning` receives every one; without it console.warn
 * prints the first of each code in a process. Match on `code` rather than on the message.
 */
export class LamellaWarning extends Error {
  readonly code: WarningCode;

  constructor(message: string, code: WarningCode) {
    super(printable(message, 4096));
    this.name = 'LamellaWarning';
    this.code = code;
  }
}

/** Training ended before it converged. */
export class ConvergenceWarning extends LamellaWarning {
  constructor(message: string) {
    super(message, 'CONVERGENCE');
    this.name = 'ConvergenceWarning';
  }
}

export type OnWarning = (warning: LamellaWarning) => void;

/** Codes that have been printed. */
const printed = new Set<WarningCode>();

/** Hand a warning to `onWarning`, or print it if it is the first of its code. */
export function warn(warning: LamellaWarning, onWarning?: OnWarning | null): void {
  if (onWarning) {
    onWarning(warning);
    return;
  }
  if (printed.has(warning.code)) return;
  printed.add(warning.code);
  console.warn(`${warning.name}: ${warning.message}`);
}
