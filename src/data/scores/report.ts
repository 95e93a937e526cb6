/**
 * classificationReport: precision, recall, F1 and support of every class as an object or as text. Not for
 * computing the numbers (precision.ts).
 */
import { boolean, checkOptions, integer, listOf, rule } from '../../check.js';
import { ShapeError } from '../../errors.js';
import type { Label } from '../labels.js';
import type { ClassCounts } from './counts.js';
import { countClasses } from './counts.js';
import type { LabelRows, ScoreOptions } from './labels.js';
import { total, chosenLabels, readPair, distinctLabels, sampleWeight, zeroDivision } from './labels.js';
import { averageScore, classScores, fScore, precision, recall } from './precision.js';

export interface ClassificationReportOptions extends ScoreOptions {
  /** The classes to report on, in this order. Default: all that occur, sorted. */
  readonly labels?: readonly Label[];
  /** Names of the classes in the report. Default: the labels. */
  readonly targetNames?: readonly string[];
  /** Decimals of the text, 0 to 20. Default 2. */
  readonly digits?: number;
  /** Return numbers rather than text. Default false. */
  readonly outputDict?: boolean;
  /** The score of a class where it would be 0/0: 0, 1, or NaN, which averages leave out. Default 0. */
  readonly zeroDivision?: number;
}

/** One line of a report. */
export interface ReportLine {
  readonly precision: number;
  readonly recall: number;
  readonly f1Score: number;
  /** Number of rows of the class, or their weight. */
  readonly support: number;
}

/** A report as numbers. */
export interface Report {
  /** The lines of the classes, by their names. */
  readonly classes: Record<string, ReportLine>;
  /** Share of rows predicted right; where `labels` leaves classes out, `microAvg` is there instead. */
  readonly accuracy?: number;
  readonly microAvg?: ReportLine;
  readonly macroAvg: ReportLine;
  readonly weightedAvg: ReportLine;
}

const schema = {
  labels: distinctLabels,
  targetNames: listOf(rule('a string', (value): value is string => typeof value === 'string')),
  sampleWeight,
  digits: integer({ min: 0, max: 20 }),
  outputDict: boolean,
  zeroDivision,
};

/**
 * Precision, recall, F1 and support of every class and their averages, as the text that scikit-learn prints,
 * or as numbers with `outputDict`.
 *
 * @throws ShapeError for unequal lengths, and for another number of names than of classes
 */
export function classificationReport(
  yTrue: LabelRows,
  yPred: LabelRows,
  options: ClassificationReportOptions & { readonly outputDict: true },
): Report;
export function classificationReport(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: ClassificationReportOptions & { readonly outputDict?: false },
): string;
export function classificationReport(
  yTrue: LabelRows,
  yPred: LabelRows,
  options: ClassificationReportOptions = {},
): Report | string {
  const given = checkOptions('classificationReport', options, schema);
  const pair = readPair('classificationReport', yTrue, yPred, given.sampleWeight, given.labels);
  const { labels, indices } = chosenLabels(pair, given.labels);
  const names = given.targetNames ?? labels.map(labelName);
  if (names.length !== labels.length) {
    throw new ShapeError(
      `classificationReport: targetNames must hold a name for each of the ${labels.length} labels, but received ${names.length}.`,
    );
  }
  const whole = pair.classes.every((_label, index) => indices.includes(index));
  const counts = countClasses(pair, indices);
  const { zeroDivision = 0, digits = 2 } = given;
  const lines = linesOf(counts, names, zeroDivision);
  const averages = averagesOf(counts, whole, zeroDivision);
  if (given.outputDict) return { classes: Object.fromEntries(lines), ...averages };
  const formatSupport = given.sampleWeight === undefined ? String : formatFloat;
  return printed(lines, averages, { digits, formatSupport });
}

/** A label as Python prints it. */
function labelName(label: Label): string {
  return typeof label === 'boolean' ? (label ? 'True' : 'False') : String(label);
}

type Lines = readonly (readonly [name: string, line: ReportLine])[];
type Averages = Omit<Report, 'classes'>;

function linesOf(counts: ClassCounts, names: readonly string[], zeroDivision: number): Lines {
  const [precisions, recalls, f1Scores] = [precision, recall, fScore(1)].map((of) =>
    classScores(counts, of, zeroDivision),
  );
  const { support } = counts;
  return names.map((name, i) => [
    name,
    { precision: precisions[i], recall: recalls[i], f1Score: f1Scores[i], support: support[i] },
  ]);
}

function averagesOf(counts: ClassCounts, whole: boolean, zeroDivision: number): Averages {
  const support = total(counts.support);
  const averaged = (kind: 'micro' | 'macro' | 'weighted'): ReportLine => ({
    precision: averageScore(counts, precision, kind, zeroDivision),
    recall: averageScore(counts, recall, kind, zeroDivision),
    f1Score: averageScore(counts, fScore(1), kind, zeroDivision),
    support,
  });
  return {
    ...(whole ? { accuracy: averaged('micro').f1Score } : { microAvg: averaged('micro') }),
    macroAvg: averaged('macro'),
    weightedAvg: averaged('weighted'),
  };
}

interface Format {
  readonly digits: number;
  readonly formatSupport: (support: number) => string;
}

function printed(
  lines: Lines,
  { accuracy, microAvg, macroAvg, weightedAvg }: Averages,
  { digits, formatSupport }: Format,
): string {
  const width = Math.max('weighted avg'.length, digits, ...lines.map(([name]) => [...name].length));
  const row = (name: string, cells: readonly string[]) =>
    `${' '.repeat(width - [...name].length)}${name} ${cells.map((cell) => ` ${cell.padStart(9)}`).join('')}\n`;
  const line = (name: string, { precision, recall, f1Score, support }: ReportLine) =>
    row(name, [
      ...[precision, recall, f1Score].map((value) => formatFixed(value, digits)),
      formatSupport(support),
    ]);
  const head = row('', ['precision', 'recall', 'f1-score', 'support']);
  const body = lines.map((each) => line(...each)).join('');
  const first =
    microAvg !== undefined
      ? line('micro avg', microAvg)
      : row('accuracy', ['', '', formatFixed(accuracy!, digits), formatSupport(macroAvg.support)]);
  return `${head}\n${body}\n${first}${line('macro avg', macroAvg)}${line('weighted avg', weightedAvg)}`;
}

/**
 * A number with a fixed count of decimals, a tie rounded to the even digit as Python does; toFixed rounds
 * ties up.
 *
 * A tie, (2n + 1) / (2 · 10^digits), is a float64 only if value · 2^(digits + 1) is an integer.
 */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  let fives = 1;
  let twos = 2;
  for (let i = 0; i < digits; i++) {
    fives *= 5;
    twos *= 2;
  }
  const halves = Math.abs(value) * twos * fives;
  const tie = Number.isInteger(value * twos) && Number.isSafeInteger(halves) && halves % 2 === 1;
  if (!tie) return value.toFixed(digits);
  const below = (halves - 1) / 2;
  const even = below % 2 === 0 ? below : below + 1;
  return ((value < 0 ? -even : even) / ((fives * twos) / 2)).toFixed(digits);
}

/** A number as Python prints a float: '5.0', '2.75'. */
function formatFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
