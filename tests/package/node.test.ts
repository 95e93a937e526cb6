import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readGolden } from '../data/goldens.js';
import { installed, print, root, type Installed } from './packing.js';

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

  test('reads PNG images, and JPEG images once jpeg-js is installed', () => {
    const { images } = readGolden<{ images: { name: string; file: string }[] }>('pillow_images');
    for (const [name, label] of [
      ['PNG of mode P', 'png'],
      ['grey JPEG', 'jpg'],
    ]) {
      const { file } = images.find((image) => image.name === name)!;
      mkdirSync(join(place.folder, label, 'a'), { recursive: true });
      writeFileSync(join(place.folder, label, 'a', `1.${label}`), Buffer.from(file, 'base64'));
    }
    const program = `import { imageFolder } from 'lamella/node';
      for (const folder of ['png', 'jpg'])
        await imageFolder(folder).then(({ x }) => console.log(...x.shape), (error) => console.log(String(error)));`;
    const run = (): string[] =>
      print(place.folder, process.execPath, '--input-type=module', '-e', program).trim().split('\n');
    expect(run()).toEqual([
      '1 9 13 3',
      'UnsupportedError: JPEG images need the package jpeg-js, but it could not be loaded; run `npm install jpeg-js`.',
    ]);
    symlinkSync(join(root, 'node_modules/jpeg-js'), join(place.folder, 'node_modules/jpeg-js'));
    expect(run()).toEqual(['1 9 13 3', '1 18 26 3']);
  });
});
