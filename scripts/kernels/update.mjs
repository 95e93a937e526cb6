// Kernels from the table of update rules: assembly/generated/update.ts, and the lines of updates that
// sparse.mjs fuses.
import { CLASSICAL, RULES } from './rules.mjs';

/** Replaces the names in an expression, except those after a dot and those of functions. */
const replaced = (text, by) => text.replace(/(?<![.\w])[a-z]\w*(?![\w(.])/gi, (name) => by(name) ?? name);

const countOf = (text, name) => [...text.matchAll(new RegExp(`(?<![.\\w])${name}(?![\\w(.])`, 'g'))].length;

/**
 * The address of a word of a parameter's record, by its name in assembly/update.ts and an offset from that.
 */
const word = (first, i) => `parameter, (RecordWord.${first} + ${i}) << 2`;

const splat = (scalars, name) =>
  scalars.includes(name) ? `v128.load32_splat(${word('scalars', scalars.indexOf(name))})` : undefined;

/** Bytes from the weights to slot i. */
export const distance = (i) => `load<usize>(${word('slot0', i)})`;

/** Declarations of the scalars that a formula needs, and of its constants: `name = value`. */
export function declarations({ scalars, constants = {}, formula, decays = true }) {
  const text = [...Object.values(formula), ...(decays ? ['decay'] : [])].join(' ');
  const own = scalars.filter((name) => countOf(text, name) > 0);
  const made = Object.entries(constants).map(
    ([name, value]) => `${name} = ${replaced(value, (each) => splat(scalars, each))}`,
  );
  return [...own.map((name) => `${name} = ${splat(scalars, name)}`), ...made];
}

/**
 * The lines that update the vectors numbered `all`: each assignment for all of them, then its stores, so that
 * neighbours are treated alike. `load(name, i)` and `store(name, i, value)`: the text for vector i of `w` or
 * of a slot; `gradient(i)`: of g.
 */
export function updateLines({ slots, formula, decays = true }, all, { load, store, gradient }) {
  const steps = Object.entries({ ...(decays ? { g: 'fma(decay, w, g)' } : {}), ...formula });
  const values = { g: gradient };
  const read = (name) => (i) => load(name, i);
  for (const slot of slots) values[slot] = read(slot);
  const lines = [];
  const assign = (name, value) => {
    for (const i of all) lines.push(`const ${name}${i} = ${value(i)};`);
    values[name] = (i) => `${name}${i}`;
  };
  values.w = read('w');
  if (steps.reduce((sum, [, text]) => sum + countOf(text, 'w'), 0) > 1) assign('x', values.w);
  values.w = values.x ?? values.w;
  for (const [name, text] of steps) {
    const current = { ...values };
    const target = name === 'w' ? (all.length > 1 ? 'y' : undefined) : name;
    const value = (i) => replaced(text, (each) => current[each]?.(i));
    if (target) assign(target, value);
    if (name === 'w' || slots.includes(name)) {
      for (const i of all) lines.push(store(name, i, target ? `${target}${i}` : value(i)));
    }
  }
  return lines;
}

const indent = (lines, by) => lines.map((line) => ' '.repeat(by) + line).join('\n');

/**
 * The most used rules: each has a function of its own, whose scalars stay in registers. The others share a
 * loop.
 */
const FREQUENT = ['sgd', 'momentum', 'adam'];

/** Updates the vectors `all`, with pointers at the first of them. */
const atPointers = (rule, all) =>
  updateLines(rule, all, {
    load: (name, i) => `v128.load(${name}, ${16 * i})`,
    store: (name, i, value) => `v128.store(${name}, ${value}, ${16 * i});`,
    gradient: (i) => `v128.load(g, ${16 * i})`,
  });

/**
 * A function for one rule, two vectors per iteration. `wide` fuses them; elsewhere, both at once would need
 * too many registers.
 */
function ownFunction(name, rule, first = '') {
  const all = declarations(rule);
  if (rule.slots.length > 0) all.push('threshold = splatOnce(TINY)');
  const round = (lines) => `    for (; g + 16 < end; g += 32) {
${indent([...lines, ...['w', ...rule.slots].map((pointer) => `${pointer} += 32;`)], 6)}
    }`;
  return `
export function ${name}Update(w: usize, parameter: usize, g: usize, length: usize): void {
${first}${rule.slots.map((slot, i) => `  let ${slot} = w + ${distance(i)};\n`).join('')}  const ${all.join(',\n    ')};
  const end = g + (length << 2);
  if (WIDE) {
${round(atPointers(rule, [0, 1]))}
  } else {
${round([...atPointers(rule, [0]), ...atPointers(rule, [1])])}
  }
  if (g < end) {
${indent(atPointers(rule, [0]), 4)}
  }
}`;
}

/** The names of the slots of a rule in `update`. */
const pointersOf = ({ slots }) => ['w', ...slots.map((_, i) => `slot${i}`)];

const callOwn = (name) => `  if (rule == RuleCode.${name}) return ${name}Update(w, parameter, g, length);`;

/** A rare rule's share of the loop of \`update\`: one vector. */
function rareCase([name, rule]) {
  const pointers = Object.fromEntries(['w', ...rule.slots].map((slot, i) => [slot, pointersOf(rule)[i]]));
  const lines = updateLines(rule, [0], {
    load: (slot) => `v128.load(${pointers[slot]})`,
    store: (slot, _, value) => `v128.store(${pointers[slot]}, ${value});`,
    gradient: () => 'v128.load(g)',
  });
  return `      case RuleCode.${name}: {
        const ${declarations(rule).join(', ')};
${indent(lines, 8)}
        break;
      }`;
}

const update = () => `
/**
 * Updates \`length\` (multiple of 4) weights and their slots from a gradient, by the rule in the parameter's
 * record.
 * @writes w @reads g
 * @rows length by 16: w*4 g*4
 * @cost 0.4 * length
 */
export function update(w: usize, parameter: usize, g: usize, length: usize): void {
  const rule = ruleOf(parameter);
${FREQUENT.map(callOwn).join('\n')}
  const threshold = splatOnce(TINY);
${[0, 1, 2].map((i) => `  let slot${i} = w + ${distance(i)};`).join('\n')}
  for (const end = g + (length << 2); g < end; g += 16) {
    switch (rule) {
${Object.entries(RULES)
  .filter(([name]) => !FREQUENT.includes(name))
  .map(rareCase)
  .join('\n')}
      default:
        assert(false);
    }
    w += 16;
    slot0 += 16;
    slot1 += 16;
    slot2 += 16;
  }
}`;

export default () => [
  "import { clamp, fma, splatOnce } from '../simd';",
  "import { descended, flush, isClassical, mixed, mixedSquare, RecordWord, ruleOf, signed, TINY } from '../update';",
  `
/** The update rules. */
export const enum RuleCode { ${Object.keys(RULES).join(', ')} }`,
  ownFunction('classical', CLASSICAL),
  ...FREQUENT.map((name) =>
    ownFunction(
      name,
      RULES[name],
      name === 'momentum'
        ? '  if (isClassical(parameter)) return classicalUpdate(w, parameter, g, length);\n'
        : '',
    ),
  ),
  update(),
];
