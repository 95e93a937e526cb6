/** The common part of the examples: options, and drawings in a terminal. */
import { parseArgs } from 'node:util';

/**
 * Reads the options of the command line, each with a value. An unknown one ends the program with a message.
 */
export function readOptions(defaults) {
  const described = Object.entries(defaults).map(([name, value]) => [
    name,
    { type: 'string', default: String(value) },
  ]);
  try {
    return parseArgs({ options: Object.fromEntries(described) }).values;
  } catch ({ message }) {
    return fail(
      `${message} (known: ${Object.keys(defaults)
        .map((name) => `--${name}`)
        .join(', ')})`,
    );
  }
}

/** Returns the number of an option, > 0. */
export function positive(options, name) {
  const value = Number(options[name]);
  return value > 0 && value < Infinity
    ? value
    : fail(`--${name} must be a number > 0, but is '${options[name]}'.`);
}

/** Waits for data; if they are missing, ends the program with a message that says how to get them. */
export function orExit(data) {
  return data.catch(({ message }) => fail(message));
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** '97.13 %' */
export function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

/** Draws a bar for each value, the largest 50 characters long. */
export function bars(values, max = 25) {
  const highest = Math.max(...values);
  const step = Math.ceil(values.length / max);
  return values
    .map(
      (value, i) =>
        `${String(i + 1).padStart(4)}  ${value.toFixed(5)}  ${'█'.repeat(Math.ceil((50 * value) / highest))}`,
    )
    .filter((_, i) => i % step === 0 || i === values.length - 1)
    .join('\n');
}

/** Draws a 28x28 image of bytes, one character for two pixels above each other. */
export function drawImage(pixels) {
  const shades = ' ░▒▓█';
  const lines = [];
  for (let row = 0; row < 28; row += 2) {
    const above = pixels.subarray(28 * row, 28 * (row + 1));
    lines.push(
      Array.from(above, (value, i) => shades[Math.round((value + pixels[28 * (row + 1) + i]) / 127.5)]).join(
        '',
      ),
    );
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}
