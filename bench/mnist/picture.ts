/** One picture of a training on MNIST: the loss by epoch, and test digits with their predictions. */
import { type Heading, lossCurve } from '../drawing.js';

/** A 28x28 image of bytes, and its labels. */
export interface Digit {
  readonly pixels: Uint8Array;
  readonly predicted: number;
  readonly truth: number;
}

const WIDTH = 1000;
const HEIGHT = 420;
/** Position of the first digit, digits per row, and the distance between them. */
const LEFT = 570;
const TOP = 88;
const COLUMNS = 5;
const CELL = { width: 82, height: 80 };
const SCALE = 2;
/** Shades of gray, not counting white. */
const SHADES = 4;

/** @returns the text of an SVG file */
export function trainingPicture(
  heading: Heading,
  losses: readonly number[],
  digits: readonly Digit[],
): string {
  const curve = lossCurve({ title: '', machine: '' }, losses, LEFT - 20, HEIGHT);
  const cells = digits.map((digit, i) => {
    const x = LEFT + CELL.width * (i % COLUMNS);
    const y = TOP + CELL.height * Math.floor(i / COLUMNS);
    return `<g transform="translate(${x} ${y})">${drawDigit(digit)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" text-anchor="middle">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${curve}
<text x="${WIDTH / 2}" y="30" font-size="18" font-weight="bold" fill="#464646">${escape(heading.title)}</text>
<text x="${WIDTH / 2}" y="54" font-size="13" fill="#6e7079">${escape(heading.machine)}</text>
${cells.join('\n')}
</svg>
`;
}

/** Draws an image with the prediction below it, in red with the true label if it is wrong. */
function drawDigit({ pixels, predicted, truth }: Digit): string {
  const right = predicted === truth;
  const caption = right ? String(predicted) : `${predicted}, not ${truth}`;
  const paths = Array.from({ length: SHADES }, (_, i) => {
    const runs = runsOfShade(pixels, i + 1);
    return runs === '' ? '' : `<path opacity="${(i + 1) / SHADES}" d="${runs}"/>`;
  });
  const text = `<text x="14" y="36" font-size="6" fill="${right ? '#464646' : '#c23531'}">${caption}</text>`;
  return `<g transform="scale(${SCALE})">${paths.join('')}${text}</g>`;
}

/** Path data of the runs of pixels that have a shade from 1 to SHADES. */
function runsOfShade(pixels: Uint8Array, shade: number): string {
  const shadeAt = (at: number): number => Math.round((pixels[at] / 255) * SHADES);
  let path = '';
  for (let at = 0; at < pixels.length;) {
    let end = at;
    while (end < pixels.length && shadeAt(end) === shade && (end === at || end % 28 !== 0)) end++;
    if (end > at) path += `M${at % 28} ${Math.floor(at / 28)}h${end - at}v1h-${end - at}z`;
    at = Math.max(end, at + 1);
  }
  return path;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
