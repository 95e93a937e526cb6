/**
 * What a file of src looks like by itself and among its neighbours: circles of imports, files that are too
 * short or too long, missing headers. Not for who may import whom, which rules.ts says.
 */
import { posix } from 'node:path';
import ts from 'typescript';
import { importsOf, parse, type Sources } from './rules.js';

const MAX_LINES = 300;
/** For a file that is one exported class or one exported table. */
const MAX_LINES_OF_ONE = 400;
/** A shorter file that only one neighbour imports belongs into that neighbour. */
const MIN_LINES = 60;
/** A longer file opens with a header. */
const MAX_LINES_WITHOUT_HEADER = 100;
const HEADER_LINES = { min: 2, max: 6 };
/** Rows of the bundled data sets: text, not code. */
const BUNDLED_DATA = /^src\/datasets\/[\w-]+-data\.ts$/;
const DIRECTIVE = /^\/\*\s*eslint-.*\*\/\n/;

/** Each file of the sources with the files that it imports, types included. */
function graphOf(sources: Sources): Map<string, string[]> {
  const targets = ([path, source]: [string, string]): string[] =>
    importsOf(path, source)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'))
      .filter((target) => sources.has(target));
  return new Map([...sources].map((entry) => [entry[0], targets(entry)]));
}

/**
 * Groups of files that import one another, directly or by others, type imports included: the strongly
 * connected components with more than one file (Tarjan, 1972), each sorted, joined by ' ↔ '.
 */
export function circles(sources: Sources): string[] {
  const graph = graphOf(sources);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    lowest.set(path, order.get(path)!);
    stack.push(path);
    for (const target of graph.get(path)!) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(path, Math.min(lowest.get(path)!, lowest.get(target)!));
    }
    if (lowest.get(path) !== order.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1) found.push(group.sort().join(' ↔ '));
  };
  for (const path of graph.keys()) if (!order.has(path)) visit(path);
  return found.sort();
}

function linesOf(source: string): number {
  return source.replace(/\n$/, '').split('\n').length;
}

/**
 * Files under 60 lines that a single file imports, from the same folder. A file that is loaded by `import()`
 * is apart for its laziness, not for its size.
 */
export function shortFiles(sources: Sources): string[] {
  const importers = new Map<string, string[]>();
  for (const [path, targets] of graphOf(sources)) {
    for (const target of new Set(targets)) importers.set(target, [...(importers.get(target) ?? []), path]);
  }
  const loadedLazily = (path: string, importer: string): boolean =>
    sources.get(importer)!.includes(`import('./${posix.basename(path, '.ts')}.js')`);
  return [...sources.keys()].filter((path) => {
    const [importer, ...others] = importers.get(path) ?? [];
    if (importer === undefined || others.length > 0) return false;
    if (posix.dirname(importer) !== posix.dirname(path) || loadedLazily(path, importer)) return false;
    return linesOf(sources.get(path)!) < MIN_LINES;
  });
}

function isExported(node: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function isTable(node: ts.Expression | undefined): boolean {
  if (node === undefined) return false;
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return isTable(node.expression);
  if (ts.isNewExpression(node)) return isTable(node.arguments?.[0]);
  return ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);
}

/**
 * True if the only value that a file exports is a class or a table (a constant whose value is an object or
 * array literal, or a Map or Set of one), and it takes more than half of the file's lines. Exported types do
 * not count.
 */
function isOneClassOrTable(path: string, source: string): boolean {
  const file = parse(path, source);
  const values = file.statements.filter(
    (node) =>
      (isExported(node) && !ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node)) ||
      (ts.isExportDeclaration(node) && !node.isTypeOnly) ||
      ts.isExportAssignment(node),
  );
  if (values.length !== 1) return false;
  const [value] = values;
  const declarations = ts.isVariableStatement(value) ? value.declarationList.declarations : [];
  if (!ts.isClassDeclaration(value) && !(declarations.length === 1 && isTable(declarations[0].initializer)))
    return false;
  return 2 * linesOf(value.getText()) > linesOf(source);
}

/** Files that hold more than one concept, by their length. */
export function longFiles(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) => {
    const lines = linesOf(source);
    if (lines <= MAX_LINES || BUNDLED_DATA.test(path)) return [];
    const limit = isOneClassOrTable(path, source) ? MAX_LINES_OF_ONE : MAX_LINES;
    return lines > limit ? [`${path} has ${lines} lines, at most ${limit} were expected`] : [];
  });
}

/**
 * The lines of text of the comment at the top that is not the docstring of the first declaration; 0 without
 * one.
 */
function headerLines(source: string): number {
  const [comment] = /^(?:\/\*[^]*?\*\/\n|(?:\/\/.*\n)+)/.exec(source.replace(DIRECTIVE, '')) ?? [];
  if (comment === undefined) return 0;
  const next = source.replace(DIRECTIVE, '').slice(comment.length);
  if (!/^(?:\n|import\b|export [^\n]* from )/.test(next)) return 0;
  return comment.split('\n').filter((line) => line.replace(/[/*\s]/g, '') !== '').length;
}

/** Files over 100 lines that do not open with 2 to 6 lines which say what they are for. */
export function filesWithoutHeader(sources: Sources): string[] {
  return [...sources.keys()].filter((path) => {
    const source = sources.get(path)!;
    if (linesOf(source) <= MAX_LINES_WITHOUT_HEADER || BUNDLED_DATA.test(path)) return false;
    const lines = headerLines(source);
    return lines < HEADER_LINES.min || lines > HEADER_LINES.max;
  });
}
