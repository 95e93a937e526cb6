import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findBrowser, visit } from '../../bench/browser.js';

const folder = fileURLToPath(new URL('../../', import.meta.url));

test.for(['chromium', 'firefox'] as const)(
  'the playground finds the circle in %s, and lets its network be changed',
  async (name, { skip }) => {
    skip(findBrowser(name) === undefined, `${name} is not installed`);
    const pages = [{ path: 'tests/examples/playground.html' }];
    const [answer] = await visit(name, { folder, pages, seconds: 280 });
    expect(answer).toMatchObject({
      before: { loss: expect.toSatisfy((loss: number) => loss > 0.5) },
      circle: { accuracy: expect.stringMatching(/^(9\d\.\d|100\.0) %$/) },
      depth: '3 hidden layers',
      // 3 features, 4, 2 and 2 units, 1 output.
      lines: 3 * 4 + 4 * 2 + 2 * 2 + 2,
      message: '',
      errors: [],
    });
    const { blue } = (answer as { circle: { blue: number } }).circle;
    expect(blue).toBeGreaterThan(0.1);
    expect(blue).toBeLessThan(0.5);
  },
);
