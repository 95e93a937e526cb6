import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import * as lamella from 'lamella';
import * as datasets from 'lamella/datasets';
import * as node from 'lamella/node';
import * as predict from 'lamella/predict';
import { instances } from './instances.js';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** Names of methods that are not public: those that are declared protected, or as internal. */
function internalNames(): Set<string> {
  const names = new Set<string>();
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(src, file), 'utf8');
    const modifiers = '(?:static |override |abstract |readonly |async |get |set |\\*)*';
    for (const [, name] of text.matchAll(new RegExp(`protected ${modifiers}(\\w+)`, 'g'))) names.add(name);
    const internal = new RegExp(`@internal(?:[^*]|\\*(?!/))*\\*/\\s*${modifiers}(\\w+)`, 'g');
    for (const [, name] of text.matchAll(internal)) names.add(name);
  }
  names.delete('constructor');
  return names;
}

/** Names of the methods, and of the properties that can be set, of an object and its classes. */
function membersOf(object: object): string[] {
  const names = new Set<string>();
  for (
    let part: object | null = object;
    part && part !== Object.prototype;
    part = Object.getPrototypeOf(part) as object | null
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(part))) {
      if (name === 'constructor') continue;
      if (typeof property.value === 'function') names.add(name);
      if (property.set) names.add(`${name}=`);
    }
  }
  return [...names];
}

type Class = { readonly prototype: object };

function isClass(value: unknown): value is Class {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** What may be called of an export: itself, its methods and static methods, or the members of a group. */
function callsOf(name: string, value: unknown, known: Set<unknown>): string[] {
  if (isClass(value)) {
    if (value.prototype instanceof Error) return [];
    const statics = Object.getOwnPropertyNames(value).filter(
      (each) => typeof Object.getOwnPropertyDescriptor(value, each)?.value === 'function',
    );
    return [
      name,
      ...statics.map((each) => `${name}.${each}`),
      ...membersOf(value.prototype).map((each) => `${name}#${each}`),
    ];
  }
  if (typeof value === 'function') return [name];
  const members = Object.entries(value as object).filter(([, member]) => !known.has(member));
  for (const [, member] of members) known.add(member);
  return members.map(([member]) => `${name}.${member}`);
}

/** Names of everything in the public API that can be called, or set. */
export async function publicCalls(): Promise<string[]> {
  const internal = internalNames();
  const known = new Set<unknown>();
  const names: string[] = [];
  for (const [prefix, entry] of [
    ['', lamella],
    ['', datasets],
    ['node.', node],
    ['predict.', predict],
  ] as const) {
    for (const [name, value] of Object.entries(entry)) {
      if (!known.has(value)) names.push(...callsOf(`${prefix}${name}`, value, known));
      known.add(value);
    }
  }
  for (const [name, object] of Object.entries(await instances())) {
    names.push(...membersOf(object).map((member) => `${name}#${member}`));
  }
  return names.filter((name) => !internal.has(name.split('#')[1]?.replace('=', '')));
}
