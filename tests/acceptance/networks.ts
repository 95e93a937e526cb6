import { layers, sequential } from 'lamella';
import type { Sequential } from 'lamella';

/** 784-…-10 on images: flatten, dense layers of these units with one activation, softmax. */
export function imageClassifier(seed: number, units: readonly number[], activation: string): Sequential {
  return sequential({
    seed,
    layers: [
      layers.flatten({ inputShape: [28, 28] }),
      ...units.map((each) => layers.dense({ units: each, activation })),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
}

/** Prints what a run has come to, for the record of the whole run. */
export function report(work: string, values: Readonly<Record<string, number | readonly number[]>>): void {
  const words = Object.entries(values).map(([name, value]) => `${name} ${format(value)}`);
  console.log(`${work}: ${words.join(', ')}`);
}

function format(value: number | readonly number[]): string {
  return [value]
    .flat()
    .map((each) => String(Number(each.toPrecision(5))))
    .join(' ');
}
