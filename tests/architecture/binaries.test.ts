import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const [START, DATA] = [8, 11];

function leb(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, next: at };
  }
}

function sectionsOf(bytes: Uint8Array): number[] {
  const sections: number[] = [];
  for (let at = 8; at < bytes.length;) {
    sections.push(bytes[at]);
    const { value, next } = leb(bytes, at + 1);
    at = next + value;
  }
  return sections;
}

describe.each(['base', 'relaxed', 'wide', 'predict-base', 'predict-relaxed'])(
  'build/wasm/%s.wasm',
  (target) => {
    const bytes = readFileSync(new URL(`../../build/wasm/${target}.wasm`, import.meta.url));
    const module = new WebAssembly.Module(bytes);

    test('takes a memory and nothing else', () => {
      expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    });

    test('gives functions and nothing else', () => {
      const kinds = WebAssembly.Module.exports(module).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(['function']));
    });

    test('has no static data and runs nothing at start', () => {
      const sections = sectionsOf(bytes);
      expect(sections).not.toContain(DATA);
      expect(sections).not.toContain(START);
    });

    test.each([0, 65536])('accepts a memory that may grow to %d pages', (maximum) => {
      const memory = new WebAssembly.Memory({ initial: 0, maximum });
      expect(() => new WebAssembly.Instance(module, { env: { memory } })).not.toThrow();
    });
  },
);
