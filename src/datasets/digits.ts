import { gunzip } from '../data/gzip.js';
import { DIGITS_GZIP_BASE64 } from './digitsData.js';
import type { ClassificationData } from './iris.js';

const ROWS = 1797;
const SIDE = 8;
const PIXELS = SIDE * SIDE;

/**
 * Handwritten digits, 1,797 images of 8x8 pixels, each pixel a count from 0 to 16: the test set of UCI's Optical Recognition
 * of Handwritten Digits, as in scikit-learn. x is (1797, 64), row-major images; y the digit.
 *
 * Each call returns arrays of its own.
 */
export function loadDigits(): ClassificationData {
  const packed = atob(DIGITS_GZIP_BASE64);
  const bytes = gunzip(Uint8Array.from(packed, (letter) => letter.charCodeAt(0)));
  const places = Array.from({ length: PIXELS }, (_, i) => [Math.floor(i / SIDE), i % SIDE]);
  return {
    x: { data: Float32Array.from(bytes.subarray(0, ROWS * PIXELS)), shape: [ROWS, PIXELS] },
    y: Int32Array.from(bytes.subarray(ROWS * PIXELS)),
    targetNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
    featureNames: places.map(([row, column]) => `pixel_${row}_${column}`),
  };
}
