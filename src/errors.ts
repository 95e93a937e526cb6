import { printable } from './check/describe.js';

/** The longest message: names and texts from files are part of some. */
const MAX_MESSAGE = 4096;

/** Names of the classes by their codes: the classes' own names do not survive minifiers. */
const names: Readonly<Record<string, string>> = {
  NOT_FITTED: 'NotFittedError',
  SHAPE: 'ShapeError',
  VALUE: 'ValueError',
  FORMAT: 'FormatError',
  UNSUPPORTED: 'UnsupportedError',
  DIVERGED: 'DivergedError',
};

/**
 * Every refusal of this package. Messages are one sentence: what was wrong, what was expected, what was
 * received. `code` is stable across releases; match on it rather than on the message.
 */
export class LamellaError extends Error {
  /** Survives minifiers. */
  static override readonly name: string = 'LamellaError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(printable(String(message), MAX_MESSAGE), options);
    this.name = names[code] ?? 'LamellaError';
    this.code = code;
  }
}

/** A method that needs trained parameters was called before `fit`. */
export class NotFittedError extends LamellaError {
  /** Survives minifiers. */
  static override readonly name: string = 'NotFittedError';
  constructor(message: string) {
    super('NOT_FITTED', message);
  }
}

/** An array has the wrong rank or the wrong size. */
export class ShapeError extends LamellaError {
  /** Survives minifiers. */
  static override readonly name: string = 'ShapeError';
  constructor(message: string) {
    super('SHAPE', message);
  }
}

/** A value is out of range: NaN, an unknown label, an unknown option. */
export class ValueError extends LamellaError {
  /** Survives minifiers. */
  static override readonly name: string = 'ValueError';
  constructor(message: string) {
    super('VALUE', message);
  }
}

/** A file or a serialized configuration is not what its format says it is. */
export class FormatError extends LamellaError {
  /** Survives minifiers. */
  static override readonly name: string = 'FormatError';
  constructor(message: string, options?: ErrorOptions) {
    super('FORMAT', message, options);
  }
}

/** The runtime lacks something that was asked for. */
export class UnsupportedError extends LamellaError {
  /** Survives minifiers. */
  static override readonly name: string = 'UnsupportedError';
  constructor(message: string, options?: ErrorOptions) {
    super('UNSUPPORTED', message, options);
  }
}

/** The loss became non-finite during training; the weights of the last finite epoch have been restored. */
export class DivergedError extends LamellaError {
  /** Survives minifiers. */
  static override readonly name: string = 'DivergedError';
  /** Last epoch (counted from 1) whose loss was finite; 0 when the initial weights were restored. */
  readonly epoch: number;

  constructor(message: string, epoch: number) {
    super('DIVERGED', message);
    this.epoch = epoch;
  }
}
