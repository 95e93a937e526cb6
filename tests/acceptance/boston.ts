import { existsSync, readFileSync } from 'node:fs';
import type { NdArray } from 'lamella';

/** Where Debian's package python3-sklearn puts it; scikit-learn itself has dropped the set. */
const PATH =
  process.env.BOSTON_CSV ?? '/usr/lib/python3/dist-packages/sklearn/datasets/data/boston_house_prices.csv';

/**
 * 490 districts of Boston, 13 features each, and the median price of a home in thousands of dollars. The 16
 * whose price is 50 are left out, as the tutorial does: all prices above were cut down to it.
 */
export function loadBoston(): { x: NdArray<Float64Array>; y: Float64Array } {
  if (!existsSync(PATH)) {
    throw new Error(
      `The Boston data are not at ${PATH}; run \`apt install python3-sklearn\`, or name boston_house_prices.csv in BOSTON_CSV.`,
    );
  }
  const lines = readFileSync(PATH, 'utf8').trim().split(/\r?\n/).slice(2);
  const rows = lines.map((line) => line.split(',').map(Number)).filter((row) => row[13] !== 50);
  return {
    x: { data: Float64Array.from(rows.flatMap((row) => row.slice(0, 13))), shape: [rows.length, 13] },
    y: Float64Array.from(rows, (row) => row[13]),
  };
}
