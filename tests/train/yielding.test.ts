import { afterEach, describe, expect, test, vi } from 'vitest';
import { Yielder } from '../../src/train/yielding.js';

afterEach(() => vi.unstubAllGlobals());

/** A runtime of which only this is known; its timers never come, as in a tab that nobody sees. */
function stub(globals: Record<string, unknown>): void {
  vi.stubGlobal('setImmediate', undefined);
  vi.stubGlobal('setTimeout', () => undefined);
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
}

describe('training goes on', () => {
  test.each([
    ['a page, whose timers are delayed', { document: {} }],
    ["a browser's worker", { importScripts() {} }],
    ['a page that has no MessageChannel', { document: {}, MessageChannel: undefined, setTimeout }],
    ['a runtime that has timers alone', { MessageChannel: undefined, setTimeout }],
    ['Node.js', { setImmediate, MessageChannel: undefined }],
  ])('in %s', async (_, globals) => {
    stub(globals);
    await new Yielder().rest();
  });

  test('after messages that were sent before, so that other work of the page gets its turn', async () => {
    stub({ document: {} });
    const { port1, port2 } = new MessageChannel();
    const order: string[] = [];
    port1.onmessage = () => void order.push('message');
    port2.postMessage('work');
    await new Yielder().rest().then(() => order.push('training'));
    port1.close();
    expect(order).toEqual(['message', 'training']);
  });
});
