/**
 * Generates what the host knows of the kernels in assembly/, into src/engine/generated: abi.ts has the
 * arguments of every kernel and the codes, constants and records that both sides share; control.ts has those
 * of barrier.ts, which only threads need; partitions.ts says how threads share a kernel and what it touches.
 *
 * A parameter `x` followed by `xStride` is a matrix. The tags of a kernel's comment say how it may be split:
 *   @writes y                  pointers that it writes
 *   @reads x panels            pointers that it reads
 *   @range begin [by 24]       [begin, end) may be split, at multiples of a block
 *   @rows rows [by 8]: y x weights*4
 *                              rows may be split; the pointers advance with them, a matrix by its stride and
 *                              others by the bytes given
 *   @chain rows: x delta       rows may be split into calls one after another, which continue the sums where
 *                              `fresh` is 0
 *   @cost 0.3 * rows * depth   nanoseconds that a call takes, about (src/engine/partition.ts: where from)
 *   @late                      nothing needs the result soon
 *
 * A pointer `scratch` is memory that each thread needs for itself. Constants are exported to the host if
 * their comment has @abi; those that depend on the variant become objects. Enumerations are always exported;
 * @static makes one a TypeScript `enum`, which bundlers inline. A class with @abi is a record of words that
 * the host writes once, by name. The update rules are those of kernels/rules.mjs.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { RULES } from './kernels/rules.mjs';

const parse = (path) => ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);

/** The kernels by name, in alphabetical order, without micro-kernels, which are exported by `export *`. */
function kernelsOf(entry) {
  const kernels = new Map();
  for (const { exportClause, moduleSpecifier } of parse(`assembly/${entry}.ts`).statements) {
    if (!exportClause) continue;
    const file = parse(join('assembly', `${moduleSpecifier.text}.ts`));
    for (const { name } of exportClause.elements) {
      const declared = file.statements.find(
        (node) => ts.isFunctionDeclaration(node) && node.name.text === name.text,
      );
      if (!declared) throw new Error(`${file.fileName} must declare the function ${name.text}`);
      kernels.set(name.text, declared);
    }
  }
  return [...kernels].sort(([a], [b]) => (a < b ? -1 : 1));
}

const namesOf = ({ parameters }) => parameters.map(({ name }) => name.text);

/** The labelled elements of a kernel's arguments. */
function argumentsOf(kernel) {
  const names = namesOf(kernel);
  return kernel.parameters.flatMap(({ name: { text: name }, type }) => {
    if (name.endsWith('Stride') && names.includes(name.slice(0, -6))) return [];
    if (names.includes(`${name}Stride`)) return [`${name}: Matrix`];
    return [`${name}: ${type.getText() === 'bool' ? 'boolean' : 'number'}`];
  });
}

/** The type of a kernel as instances export it: a number for every parameter. */
function typeOf(kernel) {
  const result = kernel.type.getText() === 'void' ? 'void' : 'number';
  return `(${namesOf(kernel)
    .map((name) => `${name}: number`)
    .join(', ')}) => ${result}`;
}

/** The source of a kernel's partition; undefined if its comment has none. */
function partitionOf(name, kernel) {
  const names = namesOf(kernel);
  const tags = Object.fromEntries(
    ts.getJSDocTags(kernel).map(({ tagName, comment = '' }) => [tagName.text, comment.trim()]),
  );
  if (tags.cost === undefined) return undefined;
  const at = (text) => {
    if (names.includes(text)) return names.indexOf(text);
    throw new Error(`${name} must have every parameter that its comment names, but has no ${text}`);
  };
  const list = (text = '') => text.split(/\s+/).filter(Boolean);
  const formula = (text) => {
    const body = text.replace(/(?<![.\w])[a-z]\w*/gi, (word) => (word === 'Math' ? word : `a[${at(word)}]`));
    return `(${body.includes('a[') ? 'a' : ''}) => ${body}`;
  };
  const moving = (text) =>
    list(text).map((each) => {
      const [pointer, ...bytes] = each.split('*');
      return `[${at(pointer)}, ${formula(bytes.join('*') || `${pointer}Stride`)}]`;
    });
  const cut = (text) => {
    const [head, pointers] = text.split(':');
    const [first, , block = 1] = list(head);
    return { at: at(first), block, moving: `[${moving(pointers).join(', ')}]` };
  };
  const positions = (text) => `[${list(text).map(at).join(', ')}]`;
  const parts = [`writes: ${positions(tags.writes)}`, `reads: ${positions(tags.reads)}`];
  parts.push(`cost: ${formula(tags.cost)}`);
  if (tags.range) parts.push(`range: { begin: ${cut(tags.range).at}, block: ${cut(tags.range).block} }`);
  if (tags.rows) {
    const { at, block, moving } = cut(tags.rows);
    parts.push(`rows: { count: ${at}, block: ${block}, moving: ${moving} }`);
  }
  if (tags.chain) {
    const { at: count, moving } = cut(tags.chain);
    parts.push(`chain: { count: ${count}, moving: ${moving}, fresh: ${at('fresh')} }`);
  }
  if (names.includes('scratch')) parts.push(`scratch: ${at('scratch')}`);
  if (tags.late !== undefined) parts.push('late: true');
  return `{ ${parts.join(', ')} }`;
}

/** The enumerations, constants and records in files of assembly/, as source for the host. */
function codes(files) {
  const isExported = (node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return files
    .flatMap((file) => parse(join('assembly', file)).statements)
    .flatMap((node) => {
      if (!isExported(node)) return [];
      if (ts.isEnumDeclaration(node)) return [enumeration(node)];
      if (!ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'abi')) return [];
      if (ts.isClassDeclaration(node)) return record(node);
      if (!ts.isVariableStatement(node)) return [];
      return node.declarationList.declarations.map(
        ({ name, initializer }) => `export const ${name.text} = ${constant(initializer)};`,
      );
    });
}

/** The source of a value; if it depends on the variant, an object with one value for each. */
function constant(node) {
  if (!ts.isConditionalExpression(node)) return node.getText();
  const [, wide, relaxed, base] =
    /^WIDE \? (\S+) : ASC_FEATURE_RELAXED_SIMD \? (\S+) : (\S+)$/.exec(node.getText()) ?? [];
  if (base === undefined)
    throw new Error(`${node.getText()} must be WIDE ? … : ASC_FEATURE_RELAXED_SIMD ? … : …`);
  return `{ base: ${base}, relaxed: ${relaxed}, wide: ${wide} } as const`;
}

/**
 * An enumeration as an object that code can index by name or, with @static, as an `enum` for code that writes
 * the names out: bundlers replace these by numbers.
 */
function enumeration(node) {
  const { name, members } = node;
  if (ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'static')) {
    return `export enum ${name.text} { ${members.map((member) => member.getText()).join(', ')} }`;
  }
  const values = members.map((member, i) => `${member.name.text}: ${member.initializer?.getText() ?? i}`);
  return `export const ${name.text} = { ${values.join(', ')} } as const;\nexport type ${name.text} = keyof typeof ${name.text};`;
}

/** Types of a record's fields (assembly/record.ts): kernels read each as one word. */
const WORDS = ['Bytes', 'Count'];

/**
 * A class of assembly/ as an `enum` of the indices of its words, and the type of an object with all of them.
 * JavaScript keeps its values in the order of the indices (Layout.record writes them).
 */
function record({ name: { text: name }, members }) {
  const fields = members.map((member) => {
    const word = ts.isPropertyDeclaration(member) ? member.type?.getText() : undefined;
    if (!WORDS.includes(word)) throw new Error(`${name} must have fields of type ${WORDS.join(' or ')} only`);
    const comment = /^\s*\/\*\*.*?\*\//s.exec(member.getFullText())?.[0] ?? '';
    return { field: member.name.text, word, comment };
  });
  return [
    `export enum ${name} {${fields.map(({ field, comment }) => `${comment} ${field},`).join('')}\n}`,
    `export interface ${name}Fields {`,
    ...fields.map(({ field, word }) => `  readonly [${name}.${field}]: ${word};`),
    '}',
  ];
}

/** Slots and scalars of the update rules, for the host. */
function rules() {
  const all = Object.entries(RULES);
  return [
    '/** The slots that each update rule keeps. */',
    `export const RULE_SLOTS = { ${all.map(([name, { slots }]) => `${name}: ${slots.length}`).join(', ')} } as const;`,
    '/** The scalars of each update rule, in the order of its control block. */',
    'export interface RuleScalars {',
    ...all.map(
      ([name, { scalars }]) => `  ${name}: [${scalars.map((scalar) => `${scalar}: number`).join(', ')}];`,
    ),
    '}',
  ];
}

function write(name, lines) {
  writeFileSync(`src/engine/generated/${name}.ts`, `// Generated by scripts/abi.mjs.\n${lines.join('\n')}\n`);
}

/** The file whose codes only threads need: they are loaded on demand. */
const BARRIER = 'barrier.ts';

const kernels = kernelsOf('index');
const files = readdirSync('assembly', { recursive: true }).filter((file) => file.endsWith('.ts'));
write('abi', [
  '/** A row-major matrix: byte offset, bytes from row to row. */',
  'interface Matrix { readonly offset: number; readonly stride: number }',
  '/** An offset in the arena, or a distance in it. */',
  'type Bytes = number;',
  '/** An integer that counts rows, pixels, filters. */',
  'type Count = number;',
  '/** What instances export. */',
  'export interface Kernels {',
  ...kernels.map(([name, kernel]) => `  readonly ${name}: ${typeOf(kernel)};`),
  '}',
  '/** The arguments of every kernel that may be part of a step. */',
  'export interface Arguments {',
  ...kernels.flatMap(([name, kernel]) =>
    kernel.type.getText() === 'void' ? [`  ${name}: [${argumentsOf(kernel).join(', ')}];`] : [],
  ),
  '}',
  ...codes(files.filter((file) => file !== BARRIER).sort()),
  ...rules(),
]);
write('control', codes([BARRIER]));
write('partitions', [
  "import type { KernelName, Partition } from '../kernels.js';",
  'export const PARTITIONS: Partial<Record<KernelName, Partition>> = {',
  ...kernels.flatMap(([name, kernel]) => {
    const source = partitionOf(name, kernel);
    return source ? [`  ${name}: ${source},`] : [];
  }),
  '};',
]);
