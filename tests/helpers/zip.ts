import { crc32, deflateRawSync } from 'node:zlib';

/** A member of an archive; what is not given is as it should be. */
export interface Member {
  readonly name: string | Uint8Array;
  readonly content?: Uint8Array;
  /** Deflated by default. */
  readonly method?: number;
  readonly packed?: Uint8Array;
  readonly flags?: number;
  readonly crc?: number;
  /** Sizes as the directory says them, unpacked and packed. */
  readonly size?: number;
  readonly packedSize?: number;
  readonly localName?: string;
  /** Where the directory says that its local header is. */
  readonly local?: number;
  /** Put sizes and offset into the zip64 extra field, behind another one. */
  readonly zip64?: boolean;
}

export interface Archive {
  readonly comment?: Uint8Array;
  readonly disk?: number;
  readonly count?: number;
  readonly directoryAt?: number;
  /** Give the archive the records of zip64. */
  readonly zip64?: boolean;
  /** Bytes between the directory and the end. */
  readonly gap?: Uint8Array;
}

const u16 = (...values: number[]): number[] => values.flatMap((value) => [value & 255, (value >> 8) & 255]);
const u32 = (...values: number[]): number[] => values.flatMap((value) => u16(value & 65535, value >>> 16));
const u64 = (...values: number[]): number[] =>
  values.flatMap((value) => u32(value >>> 0, Math.floor(value / 2 ** 32)));
const bytesOf = (name: string | Uint8Array): Uint8Array =>
  typeof name === 'string' ? new TextEncoder().encode(name) : name;

/** A zip archive, byte by byte, with whatever is to be wrong in it. */
export function zipOf(members: readonly Member[], archive: Archive = {}): Uint8Array<ArrayBuffer> {
  const file: number[] = [];
  const directory: number[] = [];
  for (const member of members) {
    const { name, content = new Uint8Array(0), method = 8, flags = 0, zip64 = false } = member;
    const packed = member.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const { crc = crc32(content), size = content.length, packedSize = packed.length } = member;
    const { local = file.length } = member;
    const [central, own] = [bytesOf(name), bytesOf(member.localName ?? name)];
    const common = [...u16(flags, method, 0, 0), ...u32(crc)];
    const extra = zip64 ? [...u16(7, 1), 5, ...u16(1, 24), ...u64(size, packedSize, local)] : [];
    const [shownSize, shownPacked, shownLocal] = zip64
      ? [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1]
      : [size, packedSize, local];
    file.push(
      ...u32(0x04034b50),
      ...u16(20),
      ...common,
      ...u32(packedSize, size),
      ...u16(own.length, 0),
      ...own,
      ...packed,
    );
    directory.push(...u32(0x02014b50), ...u16(20, 20), ...common, ...u32(shownPacked, shownSize));
    directory.push(
      ...u16(central.length, extra.length, 0, 0, 0),
      ...u32(0, shownLocal),
      ...central,
      ...extra,
    );
  }
  const { comment = new Uint8Array(0), disk = 0, count = members.length, gap = [] } = archive;
  const { directoryAt = file.length, zip64 = false } = archive;
  const end = file.length + directory.length + gap.length;
  const wide = zip64
    ? [
        ...[...u32(0x06064b50), ...u64(44), ...u16(45, 45), ...u32(disk, disk), ...u64(count, count)],
        ...[...u64(directory.length, directoryAt), ...u32(0x07064b50, 0), ...u64(end), ...u32(1)],
      ]
    : [];
  const [shownCount, shownSize, shownAt] = zip64
    ? [65535, 2 ** 32 - 1, 2 ** 32 - 1]
    : [count, directory.length, directoryAt];
  const record = [...u32(0x06054b50), ...u16(disk, disk, shownCount, shownCount), ...u32(shownSize, shownAt)];
  return Uint8Array.from([
    ...file,
    ...directory,
    ...gap,
    ...wide,
    ...record,
    ...u16(comment.length),
    ...comment,
  ]);
}
