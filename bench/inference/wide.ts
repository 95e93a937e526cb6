/** lamella's variant `wide`, in a process started with the flag that it needs. */
import { init, UnsupportedError } from 'lamella';
// @ts-expect-error: plain JavaScript, as the peers are
import { serve } from '../peers/serving.mjs';
import { predict } from './own.js';

const name = 'lamella wide';
try {
  await init({ variant: 'wide' });
  await serve({ name }, predict);
} catch (error) {
  if (!(error instanceof UnsupportedError)) throw error;
  process.stdout.write(`${JSON.stringify({ name, unable: error.message })}\n`);
}
