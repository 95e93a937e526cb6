import { ValueError } from '../errors.js';

/**
 * The error of a model that is given to JSON.stringify, which would leave out what the model has learned.
 *
 * @param owner the model, for the message
 * @param instead what to do: 'save toBytes()'
 */
export function notJson(owner: string, instead: string): ValueError {
  return new ValueError(`${owner}: JSON would leave out what the model has learned; ${instead}.`);
}
