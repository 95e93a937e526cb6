/**
 * The page that `serve` shows at /: a form with an input for each column, to try the model by hand. It loads
 * nothing and runs one script, whose hash its policy names.
 */
import { createHash } from 'node:crypto';
import type { TableModel } from '../network.js';

/** A page and its Content-Security-Policy. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

const STYLE = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
label { display: grid; grid-template-columns: 12rem 1fr; gap: 1rem; margin: .4rem 0 }
input, select, button { font: inherit; padding: .2rem .4rem }
pre { background: #f4f4f4; padding: 1rem; white-space: pre-wrap }`;

const SCRIPT = `const form = document.querySelector('form');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const entries = [...form.elements].filter(({ name, value }) => name && value !== '');
  const cell = ({ value, dataset }) =>
    dataset.type === 'number' ? Number(value) : dataset.type === 'boolean' ? value === 'true' : value;
  const record = Object.fromEntries(entries.map((input) => [input.name, cell(input)]));
  const output = document.querySelector('pre');
  try {
    const response = await fetch('predict', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(record),
    });
    const answer = await response.json();
    output.textContent = answer.error ? answer.error.message : JSON.stringify(answer, null, 2);
  } catch (error) {
    output.textContent = String(error);
  }
});`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text in HTML, in an attribute in double quotes too. */
function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character]);
}

/** The input of a column. */
function field(column: string, type: string): string {
  const attributes = `name="${escape(column)}" data-type="${type}"`;
  const input =
    type === 'boolean'
      ? `<select ${attributes}><option></option><option>true</option><option>false</option></select>`
      : `<input ${attributes} ${type === 'number' ? 'type="number" step="any"' : `placeholder="${type === 'date' ? '2026-01-31' : 'text'}"`}>`;
  return `<label><span>${escape(column)}</span>${input}</label>`;
}

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page for a model: columns that it does not use are left out. */
export function pageFor(model: TableModel): Page {
  const fields = model
    .report()
    .filter(({ treatment }) => treatment !== 'drop')
    .map(({ column, type }) => field(column, type));
  const title = `Predict ${escape(model.target)}`;
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>
<form>${fields.join('\n')}<button>Predict</button></form>
<p>An empty field is a missing value.</p><pre aria-live="polite"></pre>
<script>${SCRIPT}</script></body></html>
`;
  const policy = [
    ...["default-src 'none'", `style-src ${sha256(STYLE)}`, `script-src ${sha256(SCRIPT)}`],
    ...["connect-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"],
  ].join('; ');
  return { html, policy };
}
