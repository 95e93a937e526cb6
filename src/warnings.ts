/** Something a user should know that is no error. Goes to `onWarning` where given, otherwise once to console.warn. */
export class LamellaWarning extends Error {
  constructor(message: string, name = 'LamellaWarning') {
    super(message);
    this.name = name;
  }
}

/** Training ended before it converged. */
export class ConvergenceWarning extends LamellaWarning {
  constructor(message: string) {
    super(message, 'ConvergenceWarning');
  }
}

export type OnWarning = (warning: LamellaWarning) => void;

const shown = new Set<string>();

/** Hand a warning to `onWarning`, or print it the first time that it occurs. */
export function warn(warning: LamellaWarning, onWarning?: OnWarning | null): void {
  if (onWarning) {
    onWarning(warning);
    return;
  }
  const line = `${warning.name}: ${warning.message}`;
  if (shown.has(line)) return;
  shown.add(line);
  console.warn(line);
}
