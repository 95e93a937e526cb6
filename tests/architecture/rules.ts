import { posix } from 'node:path';
import ts from 'typescript';

/** Path from the root of the repository → source text. */
export type Sources = ReadonlyMap<string, string>;

/** Who may import whom: a folder imports from itself and from the tiers above it. */
const TIERS = [
  ['leaves'],
  ['data', 'engine'],
  ['network'],
  ['io'],
  ['train'],
  ['estimators', 'sequential'],
  ['table'],
  ['pipeline'],
  ['model-files'],
  ['search'],
  ['report', 'interchange'],
  ['entries'],
  ['node'],
  ['cli'],
];
const LEAVES = [
  'errors',
  'budget',
  'globals',
  'check',
  'ndarray',
  'random',
  'math',
  'warnings',
  'fflate',
  'lazy',
  'yielding',
];
const WITH_NODE = ['node', 'cli'];
/** Packages that are bundled, or optional peers, by the folders that may import them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  fflate: ['leaves', 'data', 'io'],
  'csv-parse': ['table', 'node'],
  'csv-parse/sync': ['table'],
  'fast-png': ['report', 'node'],
  'jpeg-js': ['node'],
  commander: ['cli'],
};

/** 'src/train/fit.ts' → 'train'; 'src/math/double.ts' → 'leaves'; 'src/report.ts' → 'entries'. */
export function folderOf(path: string): string | undefined {
  const [, first, ...rest] = path.split('/');
  const name = first.replace(/\.ts$/, '');
  if (LEAVES.includes(name)) return 'leaves';
  if (rest.length === 0) return name === 'node' ? 'node' : 'entries';
  if (name === 'datasets') return 'data';
  if (name === 'layers') return 'network';
  return TIERS.flat().includes(name) ? name : undefined;
}

function tierOf(folder: string): number {
  return TIERS.findIndex((tier) => tier.includes(folder));
}

/** The syntax tree of a file. */
export function parse(path: string, source: string): ts.SourceFile {
  return ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/**
 * Every module named in a file: import, export … from, import(), types of import() and new URL(…,
 * import.meta.url).
 */
export function importsOf(path: string, source: string): string[] {
  const found: string[] = [];
  const add = (node: ts.Node | undefined) => {
    if (node && ts.isStringLiteralLike(node)) found.push(node.text);
  };
  walk(parse(path, source), (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0]);
    else if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.length === 2)
      add(node.arguments[0]);
  });
  return found;
}

function importFault(path: string, specifier: string): string | undefined {
  const folder = folderOf(path);
  if (folder === undefined) return `${path} is in no known folder`;
  if (specifier.startsWith('node:')) {
    return WITH_NODE.includes(folder) ? undefined : `${path} imports ${specifier}, which only Node has`;
  }
  if (!specifier.startsWith('.')) {
    return PACKAGES[specifier]?.includes(folder) ? undefined : `${path} imports the package ${specifier}`;
  }
  if (specifier.endsWith('.wasm')) {
    return /^src\/engine\/(predict-)?binaries\.workerd\.ts$/.test(path)
      ? undefined
      : `${path} imports ${specifier}`;
  }
  if (!specifier.endsWith('.js')) return `${path} imports ${specifier} without its .js extension`;
  const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
  if (!target.startsWith('src/')) return `${path} imports ${target}, which is outside src`;
  const other = folderOf(target);
  if (other === undefined) return `${path} imports ${target}, which is in no known folder`;
  if (other === folder || tierOf(other) < tierOf(folder)) return undefined;
  return `${path} imports ${target}: ${folder} may not know ${other}`;
}

/** The imports of src/ that reach back, leave the package or need Node. */
export function importFaults(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) =>
    importsOf(path, source)
      .map((specifier) => importFault(path, specifier))
      .filter((fault) => fault !== undefined),
  );
}

/** The imports of assembly/ that leave it. */
export function assemblyFaults(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) =>
    importsOf(path, source)
      .filter((specifier) => {
        const target = posix.join(posix.dirname(path), specifier);
        return !specifier.startsWith('.') || !target.startsWith('assembly/');
      })
      .map((specifier) => `${path} imports ${specifier}, which is outside assembly`),
  );
}

/** Statements of entries that are not `export … from`. */
export function entryFaults(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) => {
    if (path.split('/').length > 2 || folderOf(path) === 'leaves') return [];
    return parse(path, source)
      .statements.filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier))
      .map((statement) => `${path} does more than re-export: ${statement.getText().split('\n')[0]}`);
  });
}

/** Uses of `memory.buffer` in src/train, which gets its views from the engine. */
export function bufferFaults(sources: Sources): string[] {
  const faults: string[] = [];
  for (const [path, source] of sources) {
    if (folderOf(path) !== 'train') continue;
    walk(parse(path, source), (node) => {
      if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'buffer') return;
      if (/memory$/i.test(node.expression.getText())) faults.push(`${path} touches ${node.getText()}`);
    });
  }
  return faults;
}
