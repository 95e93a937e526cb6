/**
 * Values of cells: which text is a number, a boolean or a date, and columns that grow value by value. Not for
 * records, whose values have types already.
 */
import type { ColumnType } from './table.js';

/** The largest integer up to which float64 holds every integer. */
const MAX_SAFE = 9007199254740991;

const SPACE = 32;
const ZERO = 48;
const NINE = 57;

const PLUS = 43;
const MINUS = 45;
const POINT = 46;

/** Powers of ten that float64 holds exactly, as far as short numbers need them. */
const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, power) => +`1e${power}`);

/** Characters of numbers that are read digit by digit: below 2^53, so that one division rounds once. */
const MAX_SHORT = 16;

/**
 * The number that a text is, in decimal digits with an optional sign, fraction and exponent; spaces around it
 * do not count. NaN for anything else, and for numbers beyond the range of float64.
 */
export function textToNumber(text: string): number {
  const { length } = text;
  if (length > MAX_SHORT || length === 0) return longTextToNumber(text);
  const first = text.charCodeAt(0);
  let i = first === MINUS || first === PLUS ? 1 : 0;
  let digits = 0;
  let point = -1;
  const begin = i;
  for (; i < length; i++) {
    const character = text.charCodeAt(i);
    if (isDigit(character)) digits = digits * 10 + (character - ZERO);
    else if (character === POINT && point < 0) point = i;
    else return longTextToNumber(text);
  }
  const count = length - begin - (point < 0 ? 0 : 1);
  if (count === 0 || count > 15) return longTextToNumber(text);
  const value = point < 0 ? digits : digits / POWERS_OF_TEN[length - point - 1];
  return first === MINUS ? -value : value;
}

function longTextToNumber(text: string): number {
  const value = +text;
  if (value !== value || value - value !== 0) return NaN;
  return isDecimal(text) ? value : NaN;
}

function isDigit(character: number): boolean {
  return character >= ZERO && character <= NINE;
}

/** False for '', spaces, and 0x10, 0o7 and 0b1, which JavaScript takes as numbers. */
function isDecimal(text: string): boolean {
  const digits = text.charCodeAt(0) <= SPACE ? text.trim() : text;
  return digits !== '' && !/^0[xob]/i.test(digits);
}

/**
 * True for digits of which a number keeps less than the text: 00501, a postal code, and 12345678901234567890,
 * an identifier. Columns with such texts are strings unless their type is given.
 */
export function isCode(text: string, value: number): boolean {
  if (value > MAX_SAFE || value < -MAX_SAFE) return /^[+-]?\d+$/.test(text);
  return text.length > 1 && text.charCodeAt(0) === ZERO && isDigit(text.charCodeAt(1));
}

/** 1 for true, 0 for false, in lower or upper case or with a capital; NaN for anything else. */
export function textToBoolean(text: string): number {
  if (text === 'true' || text === 'True' || text === 'TRUE') return 1;
  return text === 'false' || text === 'False' || text === 'FALSE' ? 0 : NaN;
}

const ISO_DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * Milliseconds since 1970 of a date of ISO 8601, with or without a time; without an offset it counts as UTC.
 * NaN for anything else, and for dates that no calendar has.
 */
export function textToDate(text: string): number {
  const match = ISO_DATE.exec(text);
  if (match === null) return NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const date = new Date(0);
  date.setUTCFullYear(+year, +month - 1, +day);
  if (date.getUTCMonth() !== +month - 1 || date.getUTCDate() !== +day) return NaN;
  if (+hour > 23 || +minute > 59 || +second > 59) return NaN;
  const time = ((+hour * 60 + +minute) * 60 + +second) * 1000 + Math.floor(+`0.${fraction}` * 1000);
  return date.getTime() + time - offsetOf(zone);
}

/** Milliseconds of an offset from UTC: 'Z', '+02:00', '-0530'. */
function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = +zone.slice(1, 3) * 60 + +(zone.slice(3).replace(':', '') || '0');
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60000;
}

/** The function that reads texts of a type other than string. */
export const READERS: Readonly<Record<Exclude<ColumnType, 'string'>, (text: string) => number>> = {
  number: textToNumber,
  boolean: textToBoolean,
  date: textToDate,
};

/** The type of a value of unknown type: the first of number, boolean and date that it is, else string. */
export function typeOfText(text: string): ColumnType {
  const value = textToNumber(text);
  if (value === value) return isCode(text, value) ? 'string' : 'number';
  if (textToBoolean(text) >= 0) return 'boolean';
  return isNaN(textToDate(text)) ? 'string' : 'date';
}

/** Values that a column has room for at first. */
const FIRST_VALUES = 1024;

/** Share of its memory that a column uses at least, or else it is copied into less. */
const MIN_FILLED = 0.8;

/** A column of numbers that grows. */
export class NumberList {
  #values = new Float64Array(0);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) this.reserve(Math.max(FIRST_VALUES, 2 * this.length));
    this.#values[this.length++] = value;
  }

  /** Makes room for so many values at once. */
  reserve(length: number): void {
    if (length <= this.#values.length) return;
    const values = new Float64Array(length);
    values.set(this.#values.subarray(0, this.length));
    this.#values = values;
  }

  /** All values; the list is empty afterwards. */
  take(): Float64Array {
    const { length } = this;
    const values = this.#values;
    this.#values = new Float64Array(0);
    this.length = 0;
    return length < MIN_FILLED * values.length ? values.slice(0, length) : values.subarray(0, length);
  }
}

/** Different strings that are kept to share their memory. */
const MAX_SHARED = 10000;

/** A column of strings that grows; equal strings share their memory, while there are few different ones. */
export class StringList {
  readonly #shared = new Map<string, string>();
  #values: (string | null)[] = [];
  /** Characters of strings that do not share. */
  characters = 0;

  push(text: string | null): void {
    this.#values.push(text === null ? null : this.#share(text));
  }

  #share(text: string): string {
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    this.characters += text.length;
    if (this.#shared.size < MAX_SHARED) this.#shared.set(text, text);
    return text;
  }

  /** All values; the list is empty afterwards, but for the strings it shares. */
  take(): (string | null)[] {
    const values = this.#values;
    this.#values = [];
    return values;
  }
}
