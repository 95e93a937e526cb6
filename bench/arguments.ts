/** Reads the command lines of the benchmarks. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The names of a list separated by commas, each of which must be known. */
export function choose<T extends string>(list: string, known: readonly T[]): T[] {
  return list.split(',').map((name) => {
    const found = known.find((each) => each.toLowerCase() === name.toLowerCase());
    if (found === undefined) throw new Error(`Expected one of ${known.join(', ')}, but received ${name}.`);
    return found;
  });
}

/** Prints the header comment of a script and exits, if `asked`. */
export async function helpIfAsked(asked: boolean | undefined, script: string): Promise<void> {
  if (!asked) return;
  const source = await readFile(fileURLToPath(script), 'utf8');
  const comment = source.slice(source.indexOf('/**') + 3, source.indexOf('*/'));
  console.log(comment.replaceAll(/^ \* ?/gm, '').trim());
  process.exit();
}
