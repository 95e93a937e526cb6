import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { installed, type Installed } from './packing.js';

/** What Node.js prints when nobody catches the error. */
const UNCAUGHT = [
  [
    "import { MLPClassifier } from 'lamella'; new MLPClassifier({ hiddenLayerSize: [3] });",
    "ValueError: MLPClassifier: 'hiddenLayerSize' is not an option; did you mean 'hiddenLayerSizes'?",
  ],
  [
    "import { Perceptron } from 'lamella'; await new Perceptron().fit([[1], [NaN]], [0, 1]);",
    'ValueError: X must hold finite numbers, but received NaN at row 1, column 0.',
  ],
  ["import { loadModel } from 'lamella/predict'; await loadModel(new Uint8Array(3));", 'FormatError: '],
  ["import { readModel } from 'lamella/node'; await readModel('package.json');", 'FormatError: '],
] as const;

describe('the packed package in Node.js', () => {
  let place: Installed;

  beforeAll(() => {
    place = installed();
    return () => place.remove();
  }, 300_000);

  test.each(UNCAUGHT)(
    'an uncaught error shows its message and a short excerpt of code: %s',
    (code, message) => {
      writeFileSync(join(place.folder, 'program.mjs'), code);
      const { status, stderr } = spawnSync(process.execPath, ['program.mjs'], {
        cwd: place.folder,
        encoding: 'utf8',
      });
      expect(status).toBe(1);
      expect(stderr).toContain(message);
      const before = stderr.slice(0, stderr.indexOf(message));
      expect(before.split('\n').length).toBeLessThanOrEqual(6);
      expect(before.length).toBeLessThan(400);
    },
  );
});
