/** Draws on canvases: fields of colours, points, curves. Orange is -1, or class 0; blue is 1, or class 1. */
import { EXTENT } from './problem.js';

const [ORANGE, PALE, BLUE] = [
  [245, 147, 34],
  [232, 234, 235],
  [8, 119, 189],
];

/** Returns a colour between orange (-1), pale (0) and blue (1). */
function mix(value) {
  const end = value < 0 ? ORANGE : BLUE;
  const share = Math.min(1, Math.abs(value));
  return PALE.map((pale, i) => pale + (end[i] - pale) * share);
}

const colorOf = (value) => `rgb(${mix(value).map(Math.round).join(' ')})`;

/** Draws the values of a square grid as colours, one pixel each; styles set the size on the page. */
export function drawField(canvas, values, side, { stride = 1, start = 0, discrete = false } = {}) {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  const image = context.createImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const value = values[i * stride + start];
    image.data.set(mix(discrete ? Math.sign(value) : value), 4 * i);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Gives a canvas the resolution of the screen; coordinates are CSS pixels. */
function ready(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = globalThis.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  return { context, width, height };
}

/** Draws points in the colour of their class, with a rim that tells training from test points. */
export function drawPoints(canvas, parts, { radius = 3.5 } = {}) {
  const { context, width, height } = ready(canvas);
  for (const { points, classes, rim } of parts) {
    context.strokeStyle = rim;
    classes.forEach((label, row) => {
      const [x, y] = points.data.subarray(2 * row, 2 * row + 2);
      context.beginPath();
      const [left, top] = [(x / EXTENT + 1) * (width / 2), (1 - y / EXTENT) * (height / 2)];
      context.arc(left, top, radius, 0, 2 * Math.PI);
      context.fillStyle = colorOf(label === 1 ? 1 : -1);
      context.fill();
      if (rim) context.stroke();
    });
  }
}

/** Draws losses over epochs, on an axis from 0 to the largest; at most one per pixel. */
export function drawCurves(canvas, curves) {
  const { context, width, height } = ready(canvas);
  const top = Math.max(1e-6, ...curves.flatMap(({ values }) => values.reduce((a, b) => Math.max(a, b), 0)));
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  for (const { values, color } of curves) {
    const step = Math.max(1, Math.floor(values.length / width));
    context.strokeStyle = color;
    context.beginPath();
    for (let i = 0; i < values.length; i += step) {
      const x = (i / Math.max(1, values.length - 1)) * (width - 2) + 1;
      context.lineTo(x, height - 2 - (values[i] / top) * (height - 4));
    }
    context.stroke();
  }
}

/**
 * Draws lines between the pictures of two layers, as thick as the weights are large.
 *
 * @param ends (from, to) => { x1, y1, x2, y2 }
 * @param weights (inputs, units)
 */
export function drawWeights(svg, { data, shape: [inputs, units] }, ends) {
  for (let from = 0; from < inputs; from++) {
    for (let to = 0; to < units; to++) {
      const weight = data[from * units + to];
      const { x1, y1, x2, y2 } = ends(from, to);
      const middle = (x1 + x2) / 2;
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`);
      path.setAttribute('stroke', colorOf(Math.sign(weight)));
      path.setAttribute('stroke-width', Math.min(8, 0.5 + 2.5 * Math.abs(weight)).toFixed(2));
      const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
      title.textContent = `weight ${weight.toFixed(3)}`;
      path.append(title);
      svg.append(path);
    }
  }
}
