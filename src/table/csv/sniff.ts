/**
 * Finds out the delimiter of CSV text, and whether its first row holds names. Reads the beginning of the text
 * only; not for types, which follow from all values of a column.
 */
import { textToBoolean, textToDate, textToNumber } from '../../data/table/values.js';

const DELIMITERS = [',', ';', '\t', '|'];

/** Lines that decide. */
const MAX_LINES = 200;

/** Bytes of the beginning of a text in which the delimiter is looked for. */
export const SNIFFED_BYTES = 65536;

/**
 * The delimiter that divides the lines into most cells of which every line has as many; the comma if none
 * divides them.
 *
 * @param text the beginning of a text; its last line may be cut off
 */
export function sniffDelimiter(text: string, quote: string, comment: string | null): string {
  let best = { delimiter: ',', share: 0, cells: 1 };
  for (const delimiter of DELIMITERS) {
    const counts = cellCounts(text, delimiter, quote, comment);
    const cells = modeOf(counts.filter((count) => count > 1));
    if (cells === undefined) continue;
    const share = counts.filter((count) => count === cells).length / counts.length;
    if (share > best.share || (share === best.share && cells > best.cells))
      best = { delimiter, share, cells };
  }
  return best.delimiter;
}

/** Number of cells of each line outside quotes, but for the last line, which may be cut off. */
function cellCounts(text: string, delimiter: string, quote: string, comment: string | null): number[] {
  const counts: number[] = [];
  let [cells, quoted, begin] = [1, false, 0];
  const endLine = (end: number) => {
    const skipped = end === begin || (comment !== null && text.startsWith(comment, begin));
    if (!skipped) counts.push(cells);
    [cells, begin] = [1, end + 1];
  };
  for (let i = 0; i < text.length && counts.length < MAX_LINES; i++) {
    const character = text[i];
    if (character === quote) quoted = !quoted;
    else if (quoted) continue;
    else if (character === delimiter) cells++;
    else if (character === '\n' || character === '\r') endLine(i);
  }
  if (counts.length === 0) endLine(text.length);
  return counts;
}

function modeOf(values: readonly number[]): number | undefined {
  const frequency = new Map<number, number>();
  for (const value of values) frequency.set(value, (frequency.get(value) ?? 0) + 1);
  let best: number | undefined;
  for (const [value, times] of frequency) if (times > (frequency.get(best!) ?? 0)) best = value;
  return best;
}

/**
 * True if the first row looks like names: there are no numbers, booleans and dates in it. Empty cells may be
 * there; the reader refuses them as names.
 */
export function looksLikeNames(row: readonly string[]): boolean {
  const isValue = (text: string) =>
    !isNaN(textToNumber(text)) || textToBoolean(text) >= 0 || !isNaN(textToDate(text));
  return !row.some(isValue);
}
