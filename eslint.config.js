import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import local from './scripts/lint/rules.mjs';

const inexact =
  'pow exp log log2 log10 log1p expm1 sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh cbrt hypot';
const useMath = 'Engines disagree on its last bits: use src/math.ts.';
const atModuleScope = (node, what) => ({
  selector: `${node}:not(:function ${node.replace(/\[.*/, '')})`,
  message: `${what} at module scope runs at import, which edge runtimes refuse: do it in a function.`,
});

/** Nothing whose bits depend on the engine, nothing timed or random at import. */
const portable = {
  'no-restricted-properties': [
    'error',
    ...inexact.split(' ').map((property) => ({ object: 'Math', property, message: useMath })),
    { object: 'Math', property: 'random', message: 'It cannot be seeded: use src/random.ts.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "BinaryExpression[operator='**']", message: useMath },
    { selector: "AssignmentExpression[operator='**=']", message: useMath },
    {
      selector: "MemberExpression[computed=true][object.name='Math'][property.type!='Literal']",
      message: useMath,
    },
    {
      selector: "MemberExpression > .property[name='Math']",
      message: 'Write Math, so that its uses can be checked.',
    },
    {
      selector:
        ":not(MemberExpression, VariableDeclarator[id.type='ObjectPattern']) > Identifier[name='Math']",
      message: 'Call the functions of Math by name, so that they can be checked.',
    },
    atModuleScope("CallExpression[callee.object.name='Date']", 'The clock'),
    atModuleScope("NewExpression[callee.name='Date']", 'The clock'),
    atModuleScope("CallExpression[callee.object.name='performance']", 'The clock'),
    atModuleScope("CallExpression[callee.object.name='crypto']", 'Randomness'),
    atModuleScope(
      'CallExpression[callee.name=/^(setTimeout|setInterval|queueMicrotask|fetch)$/]',
      'A timer or request',
    ),
    atModuleScope('AwaitExpression', 'Waiting'),
  ],
};

export default defineConfig(
  { ignores: ['build/', 'dist/', 'coverage/', '**/generated/', 'bench/results/'] },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    rules: {
      'no-undef': 'off', // the compiler's work, in TypeScript and in AssemblyScript
      eqeqeq: ['error', 'always'],
      'prefer-const': ['error', { destructuring: 'all' }],
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { plugins: { local }, rules: { 'local/comment-width': 'error' } },
  {
    files: ['src', 'assembly', 'scripts', 'bench', 'examples'].map((folder) => `${folder}/**`),
    rules: { 'local/glossary': 'error', 'local/docstring-start': 'error' },
  },
  {
    files: ['src/**/*.ts', 'tests/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  { files: ['src/**/*.ts'], rules: portable },
  {
    files: ['assembly/**/*.ts'],
    languageOptions: { parserOptions: { allowInvalidAST: true } }, // decorators on functions and constants
    rules: {
      eqeqeq: 'off', // === is identity in AssemblyScript
      'no-self-compare': 'off', // how NaN is found
      'no-loss-of-precision': 'off',
      'prefer-const': 'off', // accumulators are declared in rows
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-ignore': { descriptionFormat: '^: decorator$' } }],
      '@typescript-eslint/prefer-ts-expect-error': 'off',
      '@typescript-eslint/no-unused-vars': 'off', // the compiler inlines and drops
      '@typescript-eslint/no-inferrable-types': 'off',
    },
  },
);
