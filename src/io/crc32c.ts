/** Castagnoli's polynomial, reflected. */
const POLYNOMIAL = 0x82f63b78;

let table: Int32Array | undefined;

function makeTable(): Int32Array {
  const made = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (-(remainder & 1) & POLYNOMIAL);
    made[byte] = remainder;
  }
  return made;
}

/** CRC-32C of bytes, as in iSCSI and TFRecord (RFC 3720, appendix B.4). @returns an integer, 0 to 2^32 - 1 */
export function crc32c(bytes: Uint8Array): number {
  const t = (table ??= makeTable());
  let crc = ~0;
  for (const byte of bytes) crc = (crc >>> 8) ^ t[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

/** The checksum as TFRecord stores it: rotated by 15 bits, plus a constant, so that checksums of checksums differ. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
