import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { installed, print, type Installed } from './packing.js';

/** Deno asks for nothing, and is allowed nothing. */
const RUNTIMES = [
  ['deno', process.env.DENO ?? 'deno', ['run', '--no-prompt', '--cached-only']],
  ['bun', process.env.BUN ?? 'bun', ['run']],
] as const;

const PROGRAM = `import { train, trainOnTwoThreads } from './train.js';
console.log(JSON.stringify({ ...(await train()), ...(await trainOnTwoThreads()) }));
`;

const FILES = `import { loadMnist, MLPClassifier, readModel, saveModel } from 'lamella/node';
const classifier = await new MLPClassifier({ maxIter: 1, randomState: 1, onWarning() {} }).fit([[0], [1]], ['a', 'b']);
const tell = (promise) => promise.then(() => 'done', ({ name, message }) => \`\${name}: \${message}\`);
console.log(JSON.stringify([
  await tell(saveModel(classifier, 'models/model.safetensors')),
  await tell(readModel('models/model.safetensors')),
  await tell(loadMnist({ dir: '.' })),
]));
`;

describe.skipIf(!RUNTIMES.some(([, command]) => isInstalled(command)))(
  'the packed package in other runtimes',
  () => {
    let place: Installed;
    let inNode: unknown;

    beforeAll(() => {
      place = installed('train.js');
      writeFileSync(join(place.folder, 'program.js'), PROGRAM);
      writeFileSync(join(place.folder, 'files.js'), FILES);
      inNode = JSON.parse(print(place.folder, process.execPath, 'program.js'));
      return () => place.remove();
    });

    test.for(RUNTIMES)('trains in %s to the same bits as in Node', ([name, command, args], { skip }) => {
      skip(!isInstalled(command), `${name} is not installed`);
      expect(inNode).toMatchObject({ variant: 'base', threads: 2 });
      expect(JSON.parse(print(place.folder, command, ...args, 'program.js'))).toEqual(inNode);
    });

    test.for(RUNTIMES)('saves and reads models in %s', ([name, command, args], { skip }) => {
      skip(!isInstalled(command), `${name} is not installed`);
      const allowed = name === 'deno' ? [...args, '--allow-read=models', '--allow-write=models'] : args;
      const [saved, read] = JSON.parse(print(place.folder, command, ...allowed, 'files.js'));
      expect([saved, read]).toEqual(['done', 'done']);
    });

    test('Deno says which permission a file needs', ({ skip }) => {
      const [, command, args] = RUNTIMES[0];
      skip(!isInstalled(command), 'deno is not installed');
      const [saved, read, data] = JSON.parse(print(place.folder, command, ...args, 'files.js'));
      expect(saved).toMatch(/^NotCapable: Requires write access to .*--allow-write/);
      for (const refusal of [read, data]) {
        expect(refusal).toMatch(/^NotCapable: Requires read access to .*--allow-read/);
      }
    });
  },
);

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
