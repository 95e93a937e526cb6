/** Slices of 8 bytes are looked up in one go (M. Kounavis, F. Berry, "Slicing by 8", ISCC 2005). */
const SLICES = 8;
const POLYNOMIAL = 0xedb88320;

let tables: Int32Array | undefined;

/** tables[256 s + b] is the remainder of byte b followed by s zero bytes. Built at the first use. */
function makeTables(): Int32Array {
  const made = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (-(remainder & 1) & POLYNOMIAL);
    made[byte] = remainder;
  }
  for (let i = 256; i < made.length; i++) {
    const shorter = made[i - 256];
    made[i] = (shorter >>> 8) ^ made[shorter & 0xff];
  }
  return made;
}

/**
 * CRC-32 of bytes, as in gzip, zip and PNG (reflected polynomial EDB88320).
 *
 * @param bytes what to add
 * @param previous the checksum of the bytes before them; default 0, none
 * @returns an integer, 0 to 2^32 - 1
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const t = (tables ??= makeTables());
  const length = bytes.length;
  const whole = length - (length % SLICES);
  let crc = ~previous;
  for (let i = 0; i < whole; i += SLICES) {
    const low = crc ^ (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    crc =
      t[1792 + (low & 0xff)] ^
      t[1536 + ((low >>> 8) & 0xff)] ^
      t[1280 + ((low >>> 16) & 0xff)] ^
      t[1024 + (low >>> 24)] ^
      t[768 + bytes[i + 4]] ^
      t[512 + bytes[i + 5]] ^
      t[256 + bytes[i + 6]] ^
      t[bytes[i + 7]];
  }
  for (let i = whole; i < length; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}
