/**
 * A table of persons, drawn: numbers, some of them mostly zero, categories of 2 to 40 values, gaps, and a
 * column that tells nothing. Whether a person earns much depends on several of them together, and on chance.
 * The columns are like those of the census data of 1994 that UCI calls "adult".
 */
import { fromRecords, type Table } from 'lamella/table';
import { RandomState } from '../../src/random.js';

const EDUCATIONS = ['preschool', 'primary', 'some-high', 'high', 'some-college', 'bachelor', 'master', 'phd'];
const EDUCATION_SHARES = [0.01, 0.05, 0.12, 0.32, 0.22, 0.17, 0.08, 0.03];
const OCCUPATIONS = ['clerk', 'craft', 'manager', 'farm', 'cleaner', 'professional', 'sales', 'transport'];
/** What an occupation adds to the logarithm of the odds of earning much. */
const OCCUPATION_ODDS = [-0.3, 0, 1, -1.1, -0.9, 0.8, 0.3, -0.2];
const MARRIAGES = ['never', 'married', 'divorced', 'widowed'];
const WORK_CLASSES = ['private', 'self-employed', 'federal', 'state', 'local'];
const COUNTRIES = Array.from({ length: 40 }, (_, i) => `country-${i}`);

/** An index drawn by shares. */
function draw(random: RandomState, shares: readonly number[]): number {
  let left = random.uniform(0, 1) * shares.reduce((sum, share) => sum + share, 0);
  const found = shares.findIndex((share) => (left -= share) < 0);
  return found < 0 ? shares.length - 1 : found;
}

/** A record; undefined values are gaps. */
function person(random: RandomState): Record<string, unknown> {
  const gap = (share: number): boolean => random.uniform(0, 1) < share;
  const age = Math.floor(17 + 60 * random.uniform(0, 1) * random.uniform(0.3, 1));
  const education = draw(random, EDUCATION_SHARES);
  const marriage = draw(random, age < 25 ? [8, 1.5, 0.3, 0.1] : [2.5, 5, 1.6, 0.4]);
  const occupation = draw(
    random,
    education > 4 ? [2, 1, 3, 0.2, 0.2, 4, 2, 0.4] : [2, 3, 1, 1, 1.5, 0.5, 1.5, 1.5],
  );
  const hours = Math.max(5, Math.min(90, Math.round(40 + 11 * random.standardNormal())));
  const country = draw(
    random,
    COUNTRIES.map((_, i) => (i === 0 ? 60 : 8 / (i + 1))),
  );
  const gain = gap(0.9) ? 0 : Math.round(500 * Math.exp(1.6 + 1.1 * random.standardNormal()));
  const prime = 1 - ((age - 48) / 26) ** 2;
  const married = marriage === 1;
  const odds =
    -3.1 +
    0.42 * education +
    1.5 * prime +
    (married ? 1.7 : 0) +
    OCCUPATION_ODDS[occupation] +
    0.04 * (hours - 40) * (education > 4 ? 1.5 : 0.7) +
    (gain > 5000 ? 2.5 : 0) -
    (country > 3 ? 0.5 : 0) +
    (married && education > 4 ? 0.7 : 0);
  return {
    age,
    workclass: gap(0.06) ? undefined : WORK_CLASSES[draw(random, [7, 1.1, 0.3, 0.4, 0.6])],
    weight: Math.round(190000 * Math.exp(0.5 * random.standardNormal())),
    education: EDUCATIONS[education],
    marriage: MARRIAGES[marriage],
    occupation: gap(0.06) ? undefined : OCCUPATIONS[occupation],
    sex: random.uniform(0, 1) < 0.67 ? 'male' : 'female',
    gain,
    loss: gap(0.95) ? 0 : Math.round(1900 + 300 * random.standardNormal()),
    hours: gap(0.02) ? undefined : hours,
    country: gap(0.02) ? undefined : COUNTRIES[country],
    income: random.uniform(0, 1) < 1 / (1 + Math.exp(-1.6 * odds)) ? 'high' : 'low',
  };
}

/** So many persons, the same each time. */
export function census(rows: number): Table {
  const random = new RandomState(1994);
  return fromRecords(Array.from({ length: rows }, () => person(random)));
}
