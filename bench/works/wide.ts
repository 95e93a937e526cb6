/** lamella's variant `wide`, in a process started with the flag that it needs. */
import { init, UnsupportedError } from 'lamella';
import { type DataFiles, readData } from './data.js';
import { train } from './own.js';
import type { Work } from './table.js';
// @ts-expect-error: plain JavaScript, as the peers are
import { serve } from '../peers/serving.mjs';

const name = 'lamella wide';
try {
  await init({ variant: 'wide' });
  await serve({ name }, async (request: Work & { data: DataFiles }) =>
    train(request, await readData(request.data)),
  );
} catch (error) {
  if (!(error instanceof UnsupportedError)) throw error;
  process.stdout.write(`${JSON.stringify({ name, unable: error.message })}\n`);
}
