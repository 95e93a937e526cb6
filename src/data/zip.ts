/**
 * Reads zip archives from bytes: finds the members by the central directory, and unpacks one at a time, no
 * further than it declares, with its checksum. Not for writing; names are names, never paths.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { newBytes } from '../budget.js';
import { quote } from '../check.js';
import { FormatError } from '../errors.js';
import { fflate } from '../fflate.js';
import { crc32 } from './crc32.js';
import { MAX_RATIO } from './gzip.js';

/** A member of an archive, not yet unpacked. */
export interface ZipMember {
  readonly name: string;
  /** Bytes once it is unpacked. */
  readonly size: number;
  /** The CRC-32 of these bytes. */
  readonly crc: number;
  readonly deflated: boolean;
  /** Its bytes in the file: a view. */
  readonly packed: Uint8Array;
}

/** Signatures of the parts of an archive. */
const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const LOCATOR = 0x07064b50;
const END64 = 0x06064b50;

/** Bytes of these parts, without what varies. */
const LOCAL_BYTES = 30;
const ENTRY_BYTES = 46;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;

/** The longest comment behind the end record. */
const MAX_COMMENT = 65535;
/** Flags of encrypted data and of encrypted directories. */
const ENCRYPTED = 0x2041;
/** A size or an offset that stands in the zip64 extra field instead. */
const IN_EXTRA = 0xffffffff;

/** Compressed bytes per step: no step produces more than 17 MB. */
const STEP = 16384;
/** Steps without output after which the data have ended: more than a stored block has. */
const MAX_IDLE_STEPS = 8;

/** Where the directory is, and how many entries it has. */
interface Directory {
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * The members of a zip archive by name, in the order of its directory. Stored and deflated members and zip64
 * are read.
 *
 * @param file the whole file
 * @throws FormatError, naming the byte or the member: no archive, truncated, several disks, encrypted,
 *   another compression, a name twice, members that overlap, sizes that do not fit
 */
export function readZip(file: Uint8Array): Map<string, ZipMember> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const { count, begin, end } = findDirectory(view);
  const members = new Map<string, ZipMember>();
  const places: (readonly [begin: number, end: number])[] = [];
  let at = begin;
  for (let i = 0; i < count; i++) {
    expect(view, ENTRY, at, ENTRY_BYTES, end);
    const nameEnd = at + ENTRY_BYTES + u16(view, at + 28);
    const extraEnd = nameEnd + u16(view, at + 30);
    const next = extraEnd + u16(view, at + 32);
    if (next > end) throw inconsistent(at);
    const name = nameAt(file, at + ENTRY_BYTES, nameEnd);
    if (members.has(name)) throw damaged(`a name must occur once, but ${quote(name)} occurs twice`);
    const { local, packedSize, ...member } = readEntry(view, at, name, [nameEnd, extraEnd]);
    expect(view, LOCAL, local, LOCAL_BYTES, begin);
    const localName = local + LOCAL_BYTES;
    const localExtra = localName + u16(view, local + 26);
    const data = localExtra + u16(view, local + 28);
    if (data + packedSize > begin || nameAt(file, localName, localExtra) !== name) throw inconsistent(local);
    members.set(name, { name, ...member, packed: file.subarray(data, data + packedSize) });
    places.push([local, data + packedSize]);
    at = next;
  }
  if (at !== end) throw inconsistent(at);
  places.sort((a, b) => a[0] - b[0]);
  for (let i = 1; i < places.length; i++) {
    if (places[i][0] < places[i - 1][1]) throw inconsistent(places[i][0]);
  }
  return members;
}

function findDirectory(view: DataView): Directory {
  const length = view.byteLength;
  const first = Math.max(0, length - END_BYTES - MAX_COMMENT);
  for (let at = length - END_BYTES; at >= first; at--) {
    if (u32(view, at) !== END || at + END_BYTES + u16(view, at + 20) !== length) continue;
    const locator = at - LOCATOR_BYTES;
    if (locator < 0 || u32(view, locator) !== LOCATOR) {
      const counts = [u16(view, at + 8), u16(view, at + 10)];
      return checkDirectory(u32(view, at + 4), counts, u32(view, at + 16), u32(view, at + 12), at);
    }
    const wide = u64(view, locator + 8);
    expect(view, END64, wide, END64_BYTES, locator);
    const [here, count, size, begin] = [24, 32, 40, 48].map((field) => u64(view, wide + field));
    return checkDirectory(u64(view, wide + 16), [here, count], begin, size, wide);
  }
  throw damaged('the file must be a whole archive, but no directory ends it');
}

function checkDirectory(
  disks: number,
  [here, count]: readonly number[],
  begin: number,
  size: number,
  end: number,
): Directory {
  if (disks !== 0 || here !== count || begin + size !== end) throw inconsistent(end);
  return { count, begin, end };
}

/** What an entry of the directory says of its member. */
function readEntry(view: DataView, at: number, name: string, extra: readonly [begin: number, end: number]) {
  const method = u16(view, at + 10);
  const encrypted = (u16(view, at + 8) & ENCRYPTED) !== 0;
  if (encrypted || (method !== 0 && method !== 8)) {
    const found = encrypted ? 'is encrypted' : `has the method ${method}`;
    throw damaged(`members must be stored or deflated, but ${quote(name)} ${found}`);
  }
  const wide = wideFields(view, ...extra);
  const [size, packedSize, local] = [24, 20, 42].map((field) => {
    const value = u32(view, at + field);
    return value === IN_EXTRA ? (wide.shift() ?? value) : value;
  });
  const deflated = method === 8;
  if (deflated ? size > MAX_RATIO * packedSize : size !== packedSize) throw inconsistent(at);
  return { size, packedSize, local, deflated, crc: u32(view, at + 16) };
}

/** The numbers in the zip64 extra field. */
function wideFields(view: DataView, at: number, end: number): number[] {
  const fields: number[] = [];
  while (at + 4 <= end) {
    const next = at + 4 + u16(view, at + 2);
    if (u16(view, at) === 1) {
      for (let field = at + 4; field + 8 <= Math.min(next, end); field += 8) fields.push(u64(view, field));
    }
    at = next;
  }
  return fields;
}

function nameAt(file: Uint8Array, begin: number, end: number): string {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const name = decoder.decode(file.subarray(begin, end));
    if (!name.includes('\0')) return name;
  } catch {
    // Not UTF-8.
  }
  throw inconsistent(begin);
}

/** @throws FormatError unless a part with this signature begins at a byte and ends at another, or before */
function expect(view: DataView, signature: number, at: number, bytes: number, end: number): void {
  if (at + bytes > end || u32(view, at) !== signature) throw inconsistent(at);
}

const u16 = (view: DataView, at: number): number => view.getUint16(at, true);
const u32 = (view: DataView, at: number): number => view.getUint32(at, true);
const u64 = (view: DataView, at: number): number => u32(view, at) + u32(view, at + 4) * 4294967296;

/**
 * The bytes of a member: a view of the file if it is stored, else a new array of exactly its declared size.
 *
 * @throws FormatError for damaged data, another size or checksum than declared
 */
export function unzip({ name, size, crc, deflated, packed }: ZipMember): Uint8Array {
  const content = deflated ? inflate(packed, size, name) : packed;
  if (crc32(content) === crc) return content;
  throw damaged(`${quote(name)} must have the checksum that the directory declares, but has another`);
}

function inflate(packed: Uint8Array, size: number, name: string): Uint8Array {
  const content = newBytes(size, `zip: the bytes of ${quote(name)}`, 'read a smaller file');
  let length = 0;
  const stream = new (fflate().Inflate)((chunk) => {
    content.set(chunk, length);
    length += chunk.length;
  });
  let cause: unknown;
  try {
    for (let at = 0, idle = 0; at < packed.length && idle < MAX_IDLE_STEPS; at += STEP) {
      const before = length;
      stream.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
      idle = length === before ? idle + 1 : 0;
    }
    if (length === size) return content;
  } catch (error) {
    // A RangeError: there is more than room for.
    cause = error;
  }
  throw damaged(`${quote(name)} must inflate to ${size} bytes, but does not`, cause);
}

/** An archive whose parts do not fit together: damaged, or made to confuse. */
function inconsistent(at: number): FormatError {
  return damaged(`the archive must be whole and consistent, but is not at byte ${at}`);
}

function damaged(what: string, cause?: unknown): FormatError {
  return new FormatError(`zip: ${what}.`, { cause });
}
