import { ColumnTransformer } from './column-transformer.js';
import { readTransformer } from './stored-transformers.js';
import { TableVectorizer } from './vectorizer.js';

/**
 * A scaler, encoder or other transformer from the output of its `toJSON`, whatever its class. Nothing in it
 * is trusted.
 *
 * @param json as `JSON.parse` gives it
 * @returns an instance of the class that its `kind` names
 * @throws FormatError for an unknown kind, and for parts that are missing, unknown or do not fit
 * @example const scaler = transformerFromJSON(JSON.parse(text));
 */
export function transformerFromJSON(json: unknown): any {
  return readTransformer('transformerFromJSON', json, [ColumnTransformer, TableVectorizer]);
}
