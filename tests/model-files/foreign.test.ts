import { loadModel, MLPClassifier, Sequential, sequential, layers } from 'lamella';
import { readModel } from 'lamella/node';
import { loadModel as loadPredictor } from 'lamella/predict';
import { zipSync } from 'fflate';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { foreignFile } from '../../src/io/foreign.js';
import { writeSafetensors } from '../../src/io/safetensors.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const zeros = '\0'.repeat(64);
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const model = sequential({ seed: 1, layers: [layers.dense({ units: 1, inputShape: [2] })] });
const wasm = readFileSync(new URL('../../build/wasm/unpack.wasm', import.meta.url));

const FILES: readonly (readonly [kind: string, bytes: Uint8Array])[] = [
  ['an empty file', new Uint8Array(0)],
  ['an HTML page', Buffer.from('<!DOCTYPE html>\n<html lang="en"><title>404</title>')],
  ['an HTML page', Buffer.from('\ufeff  <html><body>Not found')],
  ['a CSV file', Buffer.from('length,width,species\n5.1,3.5,setosa\n4.9,3,setosa\n')],
  ['a CSV file', Buffer.from('größe;art\r\n5,1;eins\r\n')],
  ['a CSV file', Buffer.from('a\tb\n1\t2\n')],
  ['JSON', Buffer.from('[[1, 2], [3, 4]]')],
  ['JSON', Buffer.from('{"error": "not found"}')],
  ['JSON', Buffer.from('{}\n')],
  ['the JSON of a model, which modelFromJSON reads', Buffer.from(JSON.stringify(model.toJSON()))],
  ['the JSON of a model', Buffer.from(JSON.stringify(model.toJSON({ weights: true }), null, 2))],
  ['a TensorFlow.js model', Buffer.from('{"format": "layers-model", "modelTopology": {}}')],
  ['an XML file', Buffer.from('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>')],
  ['an SVG picture', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n')],
  ['plain text', Buffer.from('Dear model, how are you?')],
  ['plain text', Buffer.from(`${'é'.repeat(4000)}`)],
  ['text in UTF-16', Buffer.from('\ufefflength,width', 'utf16le')],
  ['an HDF5 file', latin1(`\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0${zeros}`)],
  ['a Keras model', zipSync({ 'metadata.json': Buffer.from('{}'), 'config.json': Buffer.from('{}') })],
  ['a NumPy archive', zipSync({ 'coef_0.npy': latin1('\x93NUMPY\x01\0') })],
  ['a PyTorch model', zipSync({ 'archive/data.pkl': latin1('\x80\x02}q\0.') })],
  ['a zip archive', zipSync({ 'notes.txt': Buffer.from('milk') })],
  ['an empty zip archive', zipSync({})],
  ['a gzip file', gzipSync(model.toBytes())],
  ['a Zstandard file', latin1(`\x28\xb5\x2f\xfd\x04${zeros}`)],
  ['an xz file', latin1(`\xfd7zXZ\0\0\x04${zeros}`)],
  ['a bzip2 file', latin1(`BZh91AY&SY${zeros}`)],
  ['a 7z archive', latin1(`7z\xbc\xaf\x27\x1c\0\x04${zeros}`)],
  // ir_version 8, producer_name 'skl2onnx'; ir_version 9, graph
  ['an ONNX model', latin1('\x08\x08\x12\x08skl2onnx\x1a\x061.16.0')],
  ['an ONNX model', latin1(`\x08\x09\x3a\x40${zeros}`)],
  ['a TensorFlow SavedModel', latin1(`\x08\x01\x12\x80\x02${zeros}`)],
  ['a TensorFlow Lite model', latin1(`\x1c\0\0\0TFL3${zeros}`)],
  ['a GGUF model', latin1(`GGUF\x03\0\0\0${zeros}`)],
  ['a NumPy array', latin1(`\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }`)],
  ['a Python pickle', latin1('\x80\x04\x95\x0b\0\0\0\0\0\0\0\x8c\x07sklearn.')],
  ['an IDX file of images', latin1(`\0\0\x08\x03\0\0\0\x01\0\0\0\x1c\0\0\0\x1c${zeros}`)],
  ['an IDX file of labels', latin1('\0\0\x08\x01\0\0\0\x02\x05\0')],
  ['a Parquet file', latin1(`PAR1\x15\x04${zeros}`)],
  ['an Arrow file', latin1(`ARROW1\0\0${zeros}`)],
  ['an SQLite database', latin1(`SQLite format 3\0\x10${zeros}`)],
  ['a PNG picture', picture],
  ['a JPEG picture', latin1(`\xff\xd8\xff\xe0\0\x10JFIF${zeros}`)],
  ['a GIF picture', latin1(`GIF89a\x01\0\x01\0${zeros}`)],
  ['a WebP picture', latin1(`RIFF\x24\0\0\0WEBPVP8 ${zeros}`)],
  ['a PDF document', latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')],
  ['a WebAssembly binary', wasm],
  [
    'a safetensors file of another program',
    writeSafetensors(new Map([['w', { dtype: 'F32', shape: [1], data: new Float32Array(1) }]])),
  ],
];

describe('a file of another kind', () => {
  test.each(FILES)('is refused as %s', async (kind, bytes) => {
    const refusal = expect.objectContaining({
      code: 'FORMAT',
      message: expect.stringContaining(`The file is not a lamella model; it looks like ${kind}`),
    });
    type Loader = (bytes: Uint8Array) => Promise<unknown>;
    const loaders: Loader[] = [loadModel, loadPredictor, MLPClassifier.fromBytes, Sequential.fromBytes];
    for (const load of loaders) {
      await expect(load(bytes)).rejects.toThrow(refusal);
    }
  });

  test('is refused by readModel with its path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lamella-foreign-'));
    try {
      const path = join(folder, 'model.safetensors');
      writeFileSync(path, '<!doctype html><title>Sign in</title>');
      await expect(readModel(path)).rejects.toThrow(
        `${path}: The file is not a lamella model; it looks like an HTML page.`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('a cut or damaged model is not taken for another kind of file', () => {
  const bytes = model.toBytes();
  for (let length = 1; length < bytes.length; length++) {
    expect(foreignFile(bytes.subarray(0, length))).toBeUndefined();
  }
  for (let at = 8; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at] ^= 0xff;
    expect(foreignFile(damaged)).toBeUndefined();
  }
});
