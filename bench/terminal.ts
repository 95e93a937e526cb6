/** Draws the output of the benchmarks in a terminal, all as plain text that a log file keeps. */
import { plot } from 'simple-ascii-chart';

/** '█████▌    ' */
export function bar(share: number, width: number): string {
  const halves = Math.round(2 * width * Math.min(1, Math.max(0, share)));
  return ('█'.repeat(halves >> 1) + (halves % 2 === 1 ? '▌' : '')).padEnd(width);
}

/** A line that is overwritten in a terminal, and printed anew each time elsewhere. */
export class LiveLine {
  readonly #terminal = process.stdout.isTTY === true;

  show(text: string): void {
    if (!this.#terminal) console.log(text);
    else process.stdout.write(`\r${text.slice(0, (process.stdout.columns || 80) - 1)}\x1b[K`);
  }

  /** Ends the line. */
  end(): void {
    if (this.#terminal) process.stdout.write('\n');
  }
}

/** '1.23 s', '45.6 ms', '789 µs' */
export function duration(seconds: number): string {
  const [unit, factor] = seconds >= 1 ? ['s', 1] : seconds >= 1e-3 ? ['ms', 1e3] : ['µs', 1e6];
  const value = seconds * factor;
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}

/** Columns of text under their headings, all but the first aligned to the right. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (row: readonly string[]): string =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join('   ');
  return [line(heading), ...rows.map(line)].map((text) => text.trimEnd()).join('\n');
}

/** Losses, one per epoch, on a logarithmic scale. */
export function lossChart(losses: readonly number[], width = 60, height = 12): string {
  const lowest = Math.min(...losses);
  const highest = Math.max(...losses);
  const ticks = [1, 2, 5]
    .flatMap((digit) => [-6, -5, -4, -3, -2, -1, 0, 1].map((power) => digit * 10 ** power))
    .sort((a, b) => a - b);
  const below = ticks.findLastIndex((tick) => tick <= lowest);
  const above = ticks.findIndex((tick) => tick >= highest);
  const shown = ticks.slice(Math.max(0, below), above < 0 ? undefined : above + 1).map(Math.log10);
  const step = Math.max(1, Math.ceil(losses.length / 8 / 5) * 5);
  const epochs = losses.map((_, i) => i + 1).filter((epoch) => epoch === 1 || epoch % step === 0);
  return plot(
    losses.map((loss, i) => [i + 1, Math.log10(loss)]),
    {
      ...{ width, height, title: 'loss by epoch', customXAxisTicks: epochs, customYAxisTicks: shown },
      yRange: [shown[0], shown[shown.length - 1]],
      formatter: (value, { axis }) => (axis === 'y' ? String(Number((10 ** value).toPrecision(1))) : value),
    },
  ).trimEnd();
}

/** A 28x28 image and the text below it. */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly caption: readonly string[];
}

const MARGIN = 2;
const SIDE = 28 - 2 * MARGIN;

/** Returns how many pictures fit side by side. */
export function picturesPerRow(): number {
  return Math.max(1, Math.floor(((process.stdout.columns || 80) + 2) / (SIDE + 2)));
}

/** 28x28 images side by side: one character shows two pixels, one above the other. */
export function pictures(images: readonly Picture[]): string {
  const lines: string[] = [];
  for (let row = MARGIN; row < 28 - MARGIN; row += 2) {
    lines.push(images.map(({ pixels }) => halfBlocks(pixels, row)).join('  '));
  }
  for (let i = 0; i < images[0].caption.length; i++) {
    lines.push(images.map(({ caption }) => caption[i].padEnd(SIDE)).join('  '));
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

function halfBlocks(pixels: Uint8Array, row: number): string {
  let line = '';
  for (let column = MARGIN; column < 28 - MARGIN; column++) {
    const upper = pixels[row * 28 + column] > 95;
    const lower = pixels[(row + 1) * 28 + column] > 95;
    line += upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
  }
  return line;
}
