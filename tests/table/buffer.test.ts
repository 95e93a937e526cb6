import { Buffer as NodeBuffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { Buffer } from '../../src/table/csv/buffer.js';

// The builds for browsers and workers read CSV by a small replacement of Buffer: Node's own is the oracle.

const TEXTS = ['', 'a', 'naïve', '€ 5', '\ufeffx', '😀', 'x'.repeat(200), `${'x'.repeat(80)}é`];

describe('the Buffer of the browser build', () => {
  test.each(TEXTS)('encodes and decodes %j as that of Node.js', (text) => {
    const [own, node] = [Buffer.from(text), NodeBuffer.from(text)];
    expect([...own]).toEqual([...node]);
    expect(own.toString('utf8')).toBe(node.toString('utf8'));
    expect(own.toString('utf8', 1, 3)).toBe(node.toString('utf8', 1, 3));
  });

  test('decodes what is not UTF-8 as that of Node.js', () => {
    const bytes = [0x61, 0xe9, 0x62, 0xff, 0xc3];
    expect(Buffer.from(bytes).toString()).toBe(NodeBuffer.from(bytes).toString());
  });

  test('compares as that of Node.js', () => {
    for (const a of TEXTS) {
      for (const b of TEXTS) {
        const [own, node] = [Buffer.from(a), NodeBuffer.from(a)];
        expect(Buffer.compare(own, Buffer.from(b))).toBe(NodeBuffer.compare(node, NodeBuffer.from(b)));
        expect(own.equals(Buffer.from(b))).toBe(node.equals(NodeBuffer.from(b)));
        const end = Math.min(2, Buffer.from(b).length);
        expect(own.compare(Buffer.from(b), 0, end)).toBe(node.compare(NodeBuffer.from(b), 0, end));
      }
    }
  });

  test('joins, copies and shares memory as that of Node.js', () => {
    const joined = Buffer.concat([Buffer.from('ab'), Buffer.allocUnsafe(0), Buffer.from('cd')]);
    expect(joined.toString()).toBe('abcd');
    expect(Buffer.isBuffer(joined) && !Buffer.isBuffer(new Uint8Array(1))).toBe(true);
    const target = Buffer.from('....');
    joined.copy(target, 1, 2, 4);
    expect(target.toString()).toBe('.cd.');
    const shared = joined.slice(1, 3);
    shared[0] = 0x78;
    expect([shared.toString(), joined.toString()]).toEqual(['xc', 'axcd']);
  });
});
