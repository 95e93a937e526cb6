import { MLPRegressor, ShapeError, ValueError } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs, small, trained } from './blobs.js';
import { bits } from './goldens.js';
import { expectRefusal } from './refusal.js';

const { x, y } = blobs();

describe('validationData', () => {
  const other = { x: x.slice(10, 40), y: y.slice(10, 40) };

  test('are scored after every epoch, and change nothing', async () => {
    const plain = await trained();
    const seen: (number | undefined)[] = [];
    const onEpoch = ({ validationLoss }: { validationLoss?: number }): void => void seen.push(validationLoss);
    const model = await small().fit(x, y, { validationData: [other.x, other.y], onEpoch, threads: 'auto' });
    expect(bits(model)).toBe(bits(plain));
    expect(plain.validationLossCurve).toBeNull();
    expect(model.validationLossCurve).toEqual(seen);
    expect(model.validationScores).toHaveLength(4);
    expect(model.validationScores!.at(-1)).toBe(model.score(other.x, other.y));
    expect(model.bestValidationScore).toBe(Math.max(...model.validationScores!));
    expect(model.bestLoss).not.toBeNull();
  });

  test('of the training rows have the loss that the next epoch would report', async () => {
    const options = { batchSize: 60, shuffle: false, alpha: 0.5 };
    const model = await small(options).fit(x, y, { validationData: [x, y] });
    model
      .validationLossCurve!.slice(0, -1)
      .forEach((loss, i) => expect(loss).toBeCloseTo(model.lossCurve[i + 1], 6));
    const values = new MLPRegressor({
      ...options,
      hiddenLayerSizes: [5],
      maxIter: 4,
      randomState: 1,
      onWarning: () => {},
    });
    await values.fit(x, y, { validationData: [x, y] });
    values
      .validationLossCurve!.slice(0, -1)
      .forEach((loss, i) => expect(loss).toBeCloseTo(values.lossCurve[i + 1], 6));
  });

  test('decide about early stopping, and all rows are trained on', async () => {
    const options = { earlyStopping: true, maxIter: 30, nIterNoChange: 2 };
    const model = await small(options).fit(x, y, { validationData: [other.x, other.y] });
    expect(model.t).toBe(60 * model.nIter);
    expect(model.score(other.x, other.y)).toBe(model.bestValidationScore);
    expect(model.bestLoss).toBeNull();
  });

  test('must fit the model', async () => {
    const fit = (validationData: never) => () => small().fit(x, y, { validationData });
    const at = 'of validationData';
    await expectRefusal(
      fit(other as never),
      ValueError,
      'MLPClassifier.fit: validationData must be an array [x, y], but received an object.',
    );
    await expectRefusal(
      fit([[[1, 2]], [0]] as never),
      ShapeError,
      `X ${at} must have 4 features, as the network was made for, but received 2 (shape (1, 2)).`,
    );
    await expectRefusal(
      fit([other.x, [0]] as never),
      ShapeError,
      `y ${at} must have as many entries as X has rows, 30, but received 1.`,
    );
    await expectRefusal(
      fit([other.x, other.y.map(() => 7)] as never),
      ValueError,
      `y ${at} must hold only the classes [0, 1, 2], but received 7 at index 0.`,
    );
  });
});
