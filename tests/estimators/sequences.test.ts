import { init, MLPClassifier } from 'lamella';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { NdArray } from '../../src/index.js';
import type { Label, Matrix, RecordedParams } from './goldens.js';
import { float32, optionsOf, readGolden, relativeDifference } from './goldens.js';

/** tests/goldens/sklearn_mlp_more.py says what the members are. */
interface Call {
  readonly method: 'fit' | 'partialFit';
  readonly rows?: [number, number];
  readonly set?: RecordedParams;
  readonly classes?: Label[];
  readonly nIter: number;
  readonly t: number;
  readonly loss: number;
  readonly bestLoss: number | null;
  readonly epochs: number;
  readonly messages: [number, string][];
  readonly printed?: string[];
  readonly warnings: string[];
}

interface Case {
  readonly name: string;
  readonly kind: 'classifier' | 'regressor';
  readonly data: string;
  readonly params: RecordedParams;
  readonly repeat?: number[];
  readonly calls: Call[];
  readonly classes: Label[];
  readonly outActivation: string;
  readonly nLayers: number;
  readonly nOutputs: number;
  readonly score: number;
  readonly lossCurve: number[];
  readonly validationScores?: number[];
  readonly bestValidationScore?: number;
  readonly agree: number;
  readonly spread: { readonly score: [number, number]; readonly prediction: number };
  readonly proba: Matrix;
  readonly top: [number, number, number][];
}

const golden = readGolden<{
  cases: Case[];
  data: Record<string, { x: Matrix; y: Label[] | Matrix }>;
}>('sklearn_mlp_more');

/** Several labels per row and lbfgs are recorded too; MLPClassifier does not know them yet. */
const cases = golden.cases.filter(
  ({ kind, params, data }) => kind === 'classifier' && params.solver !== 'lbfgs' && data !== 'multilabel',
);

function dataOf({ data, repeat }: Case): { x: NdArray; y: Label[] } {
  const { x, y } = golden.data[data];
  const labels = y as Label[];
  if (!repeat) return { x: float32(x), y: labels };
  const rows = repeat.flatMap((count, row) => Array<number>(count).fill(row));
  const width = x.shape[1];
  const values = rows.flatMap((row) => x.data.slice(row * width, (row + 1) * width));
  return {
    x: float32({ shape: [rows.length, width], data: values }),
    y: rows.map((row) => labels[row]),
  };
}

function slice({ x, y }: { x: NdArray; y: Label[] }, rows: [number, number] | undefined): typeof data {
  const [first, end] = rows ?? [0, y.length];
  const width = x.shape[1];
  const data = {
    x: { data: x.data.slice(first * width, end * width), shape: [end - first, width] },
    y: y.slice(first, end),
  };
  return data;
}

/** Make a recorded call; what it printed and warned of. */
async function play(
  classifier: MLPClassifier,
  call: Call,
  data: { x: NdArray; y: Label[] },
): Promise<{ lines: string[]; warnings: string[] }> {
  const lines: string[] = [];
  const warnings: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  classifier.setParams({
    ...optionsOf(call.set ?? {}),
    verbose: true,
    onWarning: ({ message }) => void warnings.push(message),
  });
  const { x, y } = slice(data, call.rows);
  try {
    if (call.method === 'fit') await classifier.fit(x, y);
    else await classifier.partialFit(x, y, { classes: call.classes });
  } finally {
    log.mockRestore();
  }
  return { lines, warnings };
}

/** What verbose prints besides the lines of every epoch, with the epoch in which it does. */
function messagesOf(lines: string[]): [number, string][] {
  let epoch = 0;
  return lines.flatMap((line): [number, string][] => {
    const match = /^Iteration (\d+), /.exec(line);
    if (match) epoch = Number(match[1]);
    return match || line.startsWith('Validation score: ') ? [] : [[epoch, line]];
  });
}

/** A printed line but for the digits of a loss, which is compared elsewhere. */
function withoutLoss(line: string): string {
  return line.replace(/(?<=loss = \d)\.\d{8}$/, '.########');
}

/** Our warnings under scikit-learn's words. */
function inTheirWords(warning: string): string {
  return warning.replace('`batchSize`', '`batch_size`').replace(/ clipped: .*/, ' clipped');
}

describe.each(['base', 'relaxed'] as const)('%s', (variant) => {
  beforeAll(() => init({ variant }));

  test.each(cases)('$name', async (recorded) => {
    const data = dataOf(recorded);
    const classifier = new MLPClassifier(optionsOf(recorded.params));
    for (const call of recorded.calls) {
      const { lines, warnings } = await play(classifier, call, data);
      expect(classifier.nIter).toBe(call.nIter);
      expect(classifier.t).toBe(call.t);
      expect(classifier.lossCurve).toHaveLength(call.epochs);
      expect(classifier.loss).toBe(classifier.lossCurve.at(-1));
      if (call.epochs <= recorded.agree) expect(classifier.loss / call.loss).toBeCloseTo(1, 3);
      if (call.bestLoss === null) expect(classifier.bestLoss).toBeNull();
      else expect(classifier.bestLoss! / call.bestLoss).toBeCloseTo(1, 2);
      expect(messagesOf(lines)).toEqual(call.messages);
      expect(warnings.map(inTheirWords)).toEqual(call.warnings);
      if (call.printed) expect(lines.map(withoutLoss)).toEqual(call.printed.map(withoutLoss));
    }
    expect(relativeDifference(classifier.lossCurve, recorded.lossCurve, recorded.agree)).toBeLessThan(3e-4);
    expect(classifier.validationScores).toEqual(recorded.validationScores ?? null);
    expect(classifier.bestValidationScore).toBe(recorded.bestValidationScore ?? null);
    const { classes, outActivation, nLayers, nOutputs } = classifier;
    expect(classes).toEqual(recorded.classes);
    expect([outActivation, nLayers, nOutputs]).toEqual([
      recorded.outActivation,
      recorded.nLayers,
      recorded.nOutputs,
    ]);
    comparePredictions(classifier, recorded, data);
  });
});

function comparePredictions(
  classifier: MLPClassifier,
  { spread, proba, top, classes }: Case,
  { x, y }: { x: NdArray; y: Label[] },
): void {
  const tolerance = 2e-5 + 20 * spread.prediction;
  const { data } = classifier.predictProba(slice({ x, y }, [0, proba.shape[0]]).x);
  expect(data).toHaveLength(proba.data.length);
  const worst = data.reduce((most, p, i) => Math.max(most, Math.abs(p - proba.data[i])), 0);
  expect(worst).toBeLessThan(tolerance);
  const labels = classifier.predict(slice({ x, y }, [0, top.length]).x);
  const wrong = top.filter(
    ([best, first, second], row) => first - second > 2 * tolerance && labels[row] !== classes[best],
  );
  expect(wrong).toEqual([]);
  const [lowest, highest] = spread.score;
  const unsure = 1.5 / y.length;
  expect(classifier.score(x, y)).toBeGreaterThan(lowest - unsure);
  expect(classifier.score(x, y)).toBeLessThan(highest + unsure);
}
