import { expect, test } from 'vitest';
import { Progress } from '../../../src/train/callbacks/progress.js';

function shown(
  options: object,
  steps: number | undefined,
  act: (progress: Progress, wait: (ms: number) => void) => void,
): string[] {
  let now = 1000;
  const texts: string[] = [];
  const progress = new Progress({ write: (text) => void texts.push(text), now: () => now, ...options });
  progress.setParams({ epochs: 5, initialEpoch: 0, steps, verbose: 1, callbacks: [] });
  act(progress, (ms) => (now += ms));
  return texts;
}

test('the bar shows counts in bold, what is done in green, what remains, and values by name', () => {
  const texts = shown({ terminal: true }, 200, (progress, wait) => {
    progress.onEpochBegin(0);
    wait(10);
    progress.onBatchEnd(0, { loss: 2, accuracy: 0.0005 });
    for (let i = 1; i < 100; i++) {
      wait(1300);
      progress.onBatchEnd(i, { loss: 1, accuracy: 0.5 });
    }
  });
  expect(texts[0]).toBe('Epoch 1/5\n');
  expect(texts[1]).toBe(
    `\r\x1b[1m  1/200\x1b[0m \x1b[37m${'━'.repeat(20)}\x1b[0m \x1b[1m1s\x1b[0m 10ms/step - accuracy: 5.0000e-04 - loss: 2.0000`,
  );
  const green = `\x1b[32m${'━'.repeat(10)}\x1b[0m\x1b[37m${'━'.repeat(10)}\x1b[0m`;
  expect(texts.at(-1)!.trimEnd()).toBe(
    `\r\x1b[1m100/200\x1b[0m ${green} \x1b[1m2:10\x1b[0m 1s/step - accuracy: 0.5000 - loss: 1.0000`,
  );
});

test('the bar is drawn again after 50 ms at the earliest, and over a longer one', () => {
  const texts = shown({ terminal: true }, 4, (progress, wait) => {
    progress.onEpochBegin(0);
    [10, 40, 20].forEach((ms, i) => {
      wait(ms);
      progress.onBatchEnd(i, { loss: i === 0 ? -123456 : 1 });
    });
    progress.onEpochEnd(0, { loss: 1 });
  });
  expect(texts).toHaveLength(4);
  expect(texts[2].length).toBeGreaterThan(texts[2].trimEnd().length);
});

test('without a terminal there is one line per epoch, without colours', () => {
  const texts = shown({ terminal: false }, 1875, (progress, wait) => {
    progress.onEpochBegin(1);
    for (let i = 0; i < 1875; i++) {
      wait(1.6);
      progress.onBatchEnd(i, { loss: 1 });
    }
    progress.onEpochEnd(1, { loss: 0.3012, accuracy: 0.9123, val_loss: 0.17, val_accuracy: 0.95 });
  });
  expect(texts).toEqual([
    'Epoch 2/5\n',
    `1875/1875 ${'━'.repeat(20)} 3s 2ms/step - accuracy: 0.9123 - loss: 0.3012 - val_accuracy: 0.9500 - val_loss: 0.1700\n`,
  ]);
});

test('verbose 2 is one line per epoch without a bar', () => {
  const texts = shown({ verbose: 2 }, 2, (progress, wait) => {
    progress.onEpochBegin(0);
    progress.onBatchEnd(0, {});
    wait(0.25);
    progress.onBatchEnd(1, {});
    progress.onEpochEnd(0, { loss: NaN });
  });
  expect(texts[1]).toBe('2/2 - 0s - 250us/step - loss: nan\n');
});

test('a stream of unknown length shows its count', () => {
  const texts = shown({ terminal: true }, undefined, (progress, wait) => {
    progress.onEpochBegin(0);
    wait(2000);
    progress.onBatchEnd(0, { loss: 1 });
  });
  expect(texts[1]).toBe('\r      1/Unknown \x1b[1m2s\x1b[0m 2s/step - loss: 1.0000');
});
