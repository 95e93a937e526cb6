/** A copy of the bytes of a file, which belong to the caller, for whoever reads them later; anything else as it is. */
export function keptBytes(bytes: Uint8Array): Uint8Array {
  return bytes instanceof Uint8Array ? bytes.slice() : bytes;
}
