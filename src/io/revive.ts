import { describe } from '../check.js';
import { FormatError } from '../errors.js';
import { RandomState } from '../random.js';
import type { Json, JsonObject } from './json.js';

/** What `toJson` (plain.ts) was given. Objects have no prototype. @throws FormatError for marks that it does not set */
export function fromJson(json: Json): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (isList(json)) return json.map(fromJson);
  const [mark, ...more] = Object.keys(json).filter((name) => name.startsWith('$'));
  if (mark !== undefined) {
    const revive = MARKS.get(mark);
    const revived = Object.keys(json).length === 1 && more.length === 0 ? revive?.(json[mark]) : undefined;
    if (revived !== undefined) return revived;
    throw new FormatError(
      `A model file must mark its data with ${[...MARKS.keys()].join(', ')}, but received an unfit ${describe(mark)}.`,
    );
  }
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(json)) object[name] = fromJson(member);
  return object;
}

const NUMBERS = /* @__PURE__ */ new Map<Json, number>([
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['NaN', NaN],
  ['-0', -0],
]);

/** What each mark stands for; undefined if its content is unfit. */
const MARKS: ReadonlyMap<string, (content: Json) => unknown> = /* @__PURE__ */ new Map([
  ['$number', (content: Json) => NUMBERS.get(content)],
  ['$map', (content: Json) => readPairs(content, (entries) => new Map(entries))],
  ['$object', (content: Json) => readPairs(content, makeObject)],
  ['$random', (content: Json) => readRandom(content)],
]);

function readPairs(content: Json, make: (entries: (readonly [unknown, unknown])[]) => unknown): unknown {
  if (!isList(content)) return undefined;
  const entries: [unknown, unknown][] = [];
  for (const pair of content) {
    if (!isList(pair) || pair.length !== 2) return undefined;
    entries.push([fromJson(pair[0]), fromJson(pair[1])]);
  }
  return make(entries);
}

function makeObject(entries: readonly (readonly [unknown, unknown])[]): object | undefined {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of entries) {
    if (typeof name !== 'string') return undefined;
    object[name] = member;
  }
  return object;
}

function readRandom(content: Json): RandomState | undefined {
  if (typeof content !== 'object' || content === null || isList(content)) return undefined;
  const { key, position, spareNormal } = content as JsonObject;
  const spare = fromJson(spareNormal ?? null);
  if (!isList(key) || key.length !== 624 || !key.every((word) => isWhole(word, 0xffffffff))) return undefined;
  if (!isWhole(position, 624)) return undefined;
  if (spare !== null && !Number.isFinite(spare)) return undefined;
  return RandomState.fromState({
    key: Uint32Array.from(key as readonly number[]),
    position,
    spareNormal: spare as number | null,
  });
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
