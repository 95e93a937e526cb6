import { headerOf, withHeader } from '../io/files.js';

/**
 * The same file with other texts in its metadata; without the checksum that would tell.
 */
export function withMetadata(
  bytes: Uint8Array,
  change: Record<string, string | undefined>,
): Uint8Array<ArrayBuffer> {
  return withHeader(bytes, (header) => {
    Object.assign(header.__metadata__, { checksum: undefined, ...change });
  });
}

/** The same file with another config. */
export function withConfig(bytes: Uint8Array, change: (config: any) => void): Uint8Array<ArrayBuffer> {
  const config = JSON.parse(JSON.parse(headerOf(bytes).text).__metadata__.config);
  change(config);
  return withMetadata(bytes, { config: JSON.stringify(config) });
}
