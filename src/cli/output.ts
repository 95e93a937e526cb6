/**
 * How results are laid out as text: tables, numbers, sentences, words for a shell. Not for where the text
 * goes, which terminal.ts says.
 */
import { printable } from '../check.js';

/** Letters of a cell, at most. */
const MAX_CELL = 60;

/** A number as people read it: at most so many digits behind the point, or 4 significant ones. */
export function shortNumber(value: number | null, digits = 3): string {
  if (value === null || Number.isNaN(value)) return '-';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  return size >= 0.001 && size < 1 ? value.toFixed(digits) : String(Number(value.toPrecision(4)));
}

/** A count and its noun: '1 row', '1,234 rows'. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${value.toLocaleString('en-US')} ${value === 1 ? noun : plural}`;
}

/** Cells in aligned columns, numbers at the right; a line each, indented. */
export function alignedRows(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const cells = rows.map((row) => row.map((cell) => printable(cell, MAX_CELL)));
  const widths = (cells[0] ?? []).map((_, j) => Math.max(...cells.map((row) => (row[j] ?? '').length)));
  const line = (row: readonly string[]) =>
    row.map((cell, j) => (right.includes(j) ? cell.padStart(widths[j]) : cell.padEnd(widths[j]))).join('  ');
  return cells.map((row) => `  ${line(row).trimEnd()}\n`).join('');
}

/** Most classes whose confusions are printed. */
const MAX_CLASSES = 20;

/** A confusion matrix: a line for each true class, a column for each predicted one. */
export function confusionText(matrix: readonly (readonly number[])[], classes: readonly unknown[]): string {
  if (classes.length > MAX_CLASSES) return `  (${classes.length} classes; --json has them all)\n`;
  const names = classes.map(String);
  const right = names.map((_, j) => j + 1);
  const rows = matrix.map((row, i) => [names[i], ...row.map(String)]);
  return alignedRows([['true \\ predicted', ...names], ...rows], right);
}

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
