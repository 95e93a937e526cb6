/**
 * A JSON parser for untrusted text: no name twice, limits to depth and size, errors that name the byte. Not
 * for writing, which JSON.stringify does.
 */
import { quote } from '../check.js';
import { FormatError } from '../errors.js';

/** A JSON value. Objects have no prototype: names such as `__proto__` are ordinary. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** A parsed text, and where in its bytes each object and array begins. */
export interface ParsedJson {
  readonly value: Json;
  readonly offsetOf: (part: Json) => number;
}

/**
 * Deepest nesting allowed, beyond that of any model: a parser that recurses without a limit can be crashed.
 */
const MAX_DEPTH = 32;

/**
 * Most objects and arrays, names, and elements of a text, far above those of any model. An empty object takes
 * two bytes of text and 200 of memory, a name some 100, a number in an array 16: so no text takes more than
 * 250 MB beside its own length.
 */
const MAX_CONTAINERS = 262_144;
const MAX_NAMES = 1_048_576;
const MAX_ELEMENTS = 4_194_304;

/**
 * Parse untrusted JSON: as `JSON.parse`, but names may not occur twice in an object, and nesting and the
 * number of parts are limited.
 *
 * @param what the file or the part of it, for errors
 * @param firstByte offset of the text in the file
 * @throws FormatError naming the byte offset
 */
export function parseJson(text: string, what: string, firstByte = 0): ParsedJson {
  const parser = new Parser(text, what, firstByte);
  return { value: parser.document(), offsetOf: (part) => parser.offsetOf(part) };
}

class Parser {
  readonly #text: string;
  readonly #what: string;
  readonly #firstByte: number;
  /** Offsets of the outermost object or array and of what is in it, for errors. */
  readonly #begins = new Map<Json, number>();
  #at = 0;
  #containers = 0;
  #names = 0;
  #elements = 0;

  constructor(text: string, what: string, firstByte: number) {
    this.#text = text;
    this.#what = what;
    this.#firstByte = firstByte;
  }

  document(): Json {
    const value = this.#value(0);
    this.#blank();
    if (this.#at < this.#text.length) throw this.#unexpected('the end');
    return value;
  }

  offsetOf(part: Json): number {
    return this.#byte(this.#begins.get(part) ?? 0);
  }

  #value(depth: number): Json {
    this.#blank();
    const letter = this.#text[this.#at];
    if (letter === '{' || letter === '[') {
      if (depth === MAX_DEPTH) throw this.#unexpected(`at most ${MAX_DEPTH} levels of nesting`);
      if (++this.#containers > MAX_CONTAINERS) {
        throw this.#unexpected(`at most ${MAX_CONTAINERS} objects and arrays`);
      }
      return letter === '{' ? this.#object(depth) : this.#array(depth);
    }
    if (letter === '"') return this.#string();
    return this.#word();
  }

  #object(depth: number): JsonObject {
    const object = Object.create(null) as Record<string, Json>;
    if (depth < 2) this.#begins.set(object, this.#at);
    this.#at++;
    if (this.#closes('}')) return object;
    do {
      this.#blank();
      const begin = this.#at;
      if (this.#text[begin] !== '"') throw this.#unexpected('a name in double quotes');
      if (++this.#names > MAX_NAMES) throw this.#unexpected(`at most ${MAX_NAMES} names in objects`);
      const name = this.#string();
      if (Object.hasOwn(object, name)) {
        this.#at = begin;
        throw this.#unexpected('each name once per object');
      }
      this.#blank();
      if (this.#text[this.#at++] !== ':') throw this.#unexpected("':' after a name", this.#at - 1);
      object[name] = this.#value(depth + 1);
    } while (this.#goesOn('}'));
    return object;
  }

  #array(depth: number): Json[] {
    const array: Json[] = [];
    if (depth < 2) this.#begins.set(array, this.#at);
    this.#at++;
    if (this.#closes(']')) return array;
    do {
      if (++this.#elements > MAX_ELEMENTS) throw this.#unexpected(`at most ${MAX_ELEMENTS} values in arrays`);
      array.push(this.#value(depth + 1));
    } while (this.#goesOn(']'));
    return array;
  }

  /** True if an empty object or array ends here. */
  #closes(bracket: string): boolean {
    this.#blank();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  /** Behind a member: whether another follows. */
  #goesOn(bracket: string): boolean {
    if (this.#closes(bracket)) return false;
    if (this.#text[this.#at] !== ',') throw this.#unexpected(`',' or '${bracket}'`);
    this.#at++;
    return true;
  }

  #string(): string {
    const begin = this.#at;
    let end = begin;
    let escaped: boolean;
    do {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) throw this.#unexpected('a string that ends');
      let backslashes = 0;
      while (this.#text[end - 1 - backslashes] === '\\') backslashes++;
      escaped = backslashes % 2 === 1;
    } while (escaped);
    this.#at = end + 1;
    try {
      return JSON.parse(this.#text.slice(begin, end + 1)) as string;
    } catch {
      throw this.#unexpected('a string without control characters and unknown escapes', begin);
    }
  }

  /** true, false, null or a number. */
  #word(): boolean | number | null {
    const begin = this.#at;
    const word = /^[-+.0-9A-Za-z]*/.exec(this.#text.slice(begin, begin + 64))![0];
    try {
      const value = JSON.parse(word) as boolean | number | null;
      this.#at += word.length;
      return value;
    } catch {
      throw this.#unexpected('a value');
    }
  }

  #blank(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #byte(at: number): number {
    return this.#firstByte + new TextEncoder().encode(this.#text.slice(0, at)).length;
  }

  #unexpected(expected: string, at = this.#at): FormatError {
    const found = at < this.#text.length ? quote(this.#text.slice(at, at + 12)) : 'the end of the text';
    return new FormatError(
      `${this.#what}: the JSON at byte ${this.#byte(at)} must have ${expected}, but received ${found}.`,
    );
  }
}

/** Blank, tab, line feed, carriage return. */
function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
