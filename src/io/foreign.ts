/* eslint-disable no-control-regex -- binary files are told apart by such characters */
/**
 * Tells files of other programs by their first bytes, so that errors can name them. Not for reading any of
 * them.
 */
import { FormatError } from '../errors.js';

/**
 * Beginnings of files: bytes as text in Latin-1, and what such a file is. Longer ones first where they share
 * a start.
 */
const SIGNATURES: readonly (readonly [start: string, kind: string])[] = [
  ['\x89HDF\r\n\x1a\n', 'an HDF5 file (.h5), which Keras writes'],
  ['\x89PNG', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['GIF8', 'a GIF picture'],
  ['RIFF', 'a WebP picture or another RIFF file'],
  ['%PDF', 'a PDF document'],
  ['\x93NUMPY', 'a NumPy array (.npy)'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['\x1f\x8b', 'a gzip file, which must be unpacked first'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard file, which must be unpacked first'],
  ['BZh', 'a bzip2 file, which must be unpacked first'],
  ['\xfd7zXZ', 'an xz file, which must be unpacked first'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['\0asm', 'a WebAssembly binary'],
  ['\0\0\x08\x01', 'an IDX file of labels (MNIST)'],
  ['\0\0\x08\x03', 'an IDX file of images (MNIST)'],
  ['GGUF', 'a GGUF model'],
  ['PAR1', 'a Parquet file'],
  ['ARROW1', 'an Arrow file'],
  ['SQLite format 3', 'an SQLite database'],
  ['\x08\x01\x12', 'a TensorFlow SavedModel'],
  ['\xff\xfe', 'text in UTF-16'],
  ['\xfe\xff', 'text in UTF-16'],
];

/** Patterns in the first bytes, read as Latin-1. */
const PATTERNS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^PK\x03\x04[^]{26}.{0,99}\.npy/, 'a NumPy archive (.npz)'],
  [/^PK\x03\x04[^]{26}(metadata|config)\.json/, 'a Keras model (.keras)'],
  [/^PK\x03\x04[^]{26}[^/]{1,99}\/(data\.pkl|\.format)/, 'a PyTorch model (.pt)'],
  [/^PK\x03\x04/, 'a zip archive'],
  [/^\x80[\x02-\x05][^\0]/, 'a Python pickle'],
  [/^[^]{4}TFL3/, 'a TensorFlow Lite model'],
  [/^\x08[\x02-\x14][\x12\x1a\x22\x28\x32\x3a\x42]/, 'an ONNX model'],
];

/** Patterns of text. */
const TEXTS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^<(!doctype html|html|head|body)\b/i, 'an HTML page'],
  [/^<svg\b/i, 'an SVG picture'],
  [/^<\?xml\b/i, 'an XML file'],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer, whose file has not been fetched'],
  [/^{[^]*"modelTopology"/, 'a TensorFlow.js model (model.json)'],
  [/^{[^]*"format"\s*:\s*"lamella"/, 'the JSON of a model, which modelFromJSON reads'],
  [/^({\s*["}]|\[\s*["[\]{\d-])/, 'JSON'],
];

/** Number of bytes at the beginning of a file that are examined. */
const LOOKED_AT = 4096;

/**
 * The error of bytes that begin like a file of another kind; undefined for what may be a damaged model, or
 * anything.
 */
export function foreignFile(bytes: Uint8Array): FormatError | undefined {
  const kind = mayBeSafetensors(bytes) ? undefined : kindOf(bytes);
  if (kind === undefined) return undefined;
  return new FormatError(`The file is not a lamella model; it looks like ${kind}.`);
}

/** Safetensors begin with the length of a header, in 8 bytes, and a JSON object. */
function mayBeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 8 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
}

function kindOf(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'an empty file';
  const start = bytes.subarray(0, LOOKED_AT);
  const latin1 = Array.from(start, (byte) => String.fromCharCode(byte)).join('');
  return (
    SIGNATURES.find(([signature]) => latin1.startsWith(signature))?.[1] ??
    PATTERNS.find(([pattern]) => pattern.test(latin1))?.[1] ??
    kindOfText(start)
  );
}

function kindOfText(start: Uint8Array): string | undefined {
  const text = decode(start)?.trimStart();
  if (text === undefined || text.length < 3) return undefined;
  const known = TEXTS.find(([pattern]) => pattern.test(text));
  return known?.[1] ?? (isCsv(text) ? 'a CSV file' : 'plain text');
}

/** True if the first two lines have as many delimiters as each other. */
function isCsv(text: string): boolean {
  const [first, second = ''] = text.split('\n');
  return [',', ';', '\t'].some((delimiter) => {
    const fields = first.split(delimiter).length;
    return fields > 1 && second.split(delimiter).length === fields;
  });
}

/**
 * The text, if the bytes are UTF-8 without control characters; a character that is cut at the end does not
 * count.
 */
function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return /[\0-\x08\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
