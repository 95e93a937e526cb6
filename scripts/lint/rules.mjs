/**
 * ESLint rules for names and comments: usual words rather than private ones (glossary.mjs), docstrings that
 * stand alone, comments as wide as code. They check only what can be decided without false alarms; the rest
 * is up to reviewers.
 */
import { relative } from 'node:path';
import { COMMENTS, NAMES } from './glossary.mjs';

const MAX_COLUMNS = 110;
const DOCSTRING_STARTS = /^(Those of|The same|Of|What [^.]*\bha(?:s|ve) come to|Whether)\b/;

/** 'keptBytes' → ['kept', 'bytes']; 'MOST_ROWS' → ['most', 'rows']. */
function wordsOf(name) {
  const spaced = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return spaced.toLowerCase().split(/[\s_$#]+/);
}

/** The entry that refuses a name in a file. */
function refusal(name, file) {
  const words = wordsOf(name);
  return NAMES.find((entry) => {
    if (entry.files && !entry.files.test(file)) return false;
    if (entry.name?.test(name) || entry.is?.includes(name)) return true;
    return entry.word?.some((word) => words.includes(word)) ?? false;
  });
}

/** Names are reported where they are declared, not where they are used: one report for each. */
const glossary = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      name: '{{name}}: say {{instead}}.',
      comment: '"{{text}}": say {{instead}}.',
    },
  },
  create(context) {
    const { sourceCode } = context;
    const file = relative(context.cwd, context.filename).replaceAll('\\', '/');
    const check = (node) => {
      const refused = refusal(node.name, file);
      if (refused) report(node, refused);
    };
    const report = (node, { instead }) =>
      context.report({ node, messageId: 'name', data: { name: node.name, instead } });
    const checkMember = ({ key, computed }) => {
      if (!computed && (key.type === 'Identifier' || key.type === 'PrivateIdentifier')) check(key);
    };
    return {
      PropertyDefinition: checkMember,
      MethodDefinition: checkMember,
      TSPropertySignature: checkMember,
      TSMethodSignature: checkMember,
      'Program:exit'() {
        const declared = new Set();
        for (const { variables } of sourceCode.scopeManager.scopes) {
          for (const { defs } of variables) {
            for (const { type, name } of defs) {
              // What is imported is named elsewhere; an enum or a class declares its name in two scopes.
              if (type !== 'ImportBinding' && name?.type === 'Identifier') declared.add(name);
            }
          }
        }
        for (const name of declared) check(name);
        for (const comment of sourceCode.getAllComments()) {
          for (const { text, instead } of COMMENTS) {
            for (const [found] of comment.value.replace(/\s*\n\s*\*?\s*/g, ' ').matchAll(text))
              context.report({ loc: comment.loc, messageId: 'comment', data: { text: found, instead } });
          }
        }
      },
    };
  },
};

const docstringStart = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { start: 'A docstring is read alone: begin with a noun or a verb rather than "{{start}}".' },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (comment.type !== 'Block' || !comment.value.startsWith('*')) continue;
          const text = comment.value.replace(/^[\s*]+/, '').replace(/\s*\n\s*\*?\s*/g, ' ');
          const [start] = DOCSTRING_STARTS.exec(text) ?? [];
          if (start) context.report({ loc: comment.loc, messageId: 'start', data: { start } });
        }
      },
    };
  },
};

/** Prettier wraps code, but no comments. Lines with an address and directives cannot be wrapped. */
const commentWidth = {
  meta: {
    type: 'layout',
    schema: [],
    messages: { wide: 'The comment goes on to column {{columns}}, beyond ' + MAX_COLUMNS + '.' },
  },
  create(context) {
    return {
      Program() {
        const { lines } = context.sourceCode;
        for (const { loc, value } of context.sourceCode.getAllComments()) {
          if (/^\s*(eslint|@ts-|prettier-)/.test(value)) continue;
          for (let line = loc.start.line; line <= loc.end.line; line++) {
            const columns = line === loc.end.line ? loc.end.column : lines[line - 1].length;
            if (columns <= MAX_COLUMNS || /https?:/.test(lines[line - 1])) continue;
            context.report({ loc: { line, column: MAX_COLUMNS }, messageId: 'wide', data: { columns } });
          }
        }
      },
    };
  },
};

export default {
  rules: { glossary, 'docstring-start': docstringStart, 'comment-width': commentWidth },
};
