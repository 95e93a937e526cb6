/**
 * Shows the network: a picture of every feature and unit, with lines between them; and the data sets to
 * choose from.
 */
import { drawField, drawPoints, drawWeights } from './drawing.js';
import { DATA_SETS, gridOf } from './problem.js';

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function pressed(button, yes) {
  button.setAttribute('aria-pressed', String(yes));
  return button;
}

/** Makes a button with a picture for every data set. */
export function showDataSets(place, { data, noise, dataSeed }, choose) {
  const buttons = Object.keys(DATA_SETS).map((name) => {
    const canvas = element('canvas');
    const button = element('button', { title: name, onclick: () => choose(name) }, canvas, name);
    return { name, canvas, button: pressed(button, name === data) };
  });
  place.replaceChildren(...buttons.map(({ button }) => button));
  for (const { name, canvas } of buttons) {
    const { points, classes } = DATA_SETS[name](noise, dataSeed);
    drawPoints(canvas, [{ points, classes }], { radius: 1 });
  }
}

export class NetworkView {
  #place;
  #actions;
  /** Canvases of the features that are switched on, and of the units of every hidden layer. */
  #columns = [];
  #side = 0;

  /** @param actions toggle(feature), resize(layer, by) */
  constructor(place, actions) {
    this.#place = place;
    this.#actions = actions;
  }

  /** Creates all pictures, without their contents. */
  lay({ features, hidden }, known, side) {
    this.#side = side;
    const grid = gridOf(side).data;
    const inputs = known.map(({ name, of }, feature) => {
      const canvas = element('canvas');
      const values = Float32Array.from({ length: side * side }, (_, i) => {
        return of(grid[2 * i], grid[2 * i + 1]);
      });
      const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      drawField(
        canvas,
        values.map((value) => value / largest),
        side,
      );
      const onclick = () => this.#actions.toggle(feature);
      const label = element('span', { textContent: name });
      return pressed(
        element('button', { className: 'unit', onclick, title: name }, canvas, label),
        features.includes(feature),
      );
    });
    const head = element('div', { textContent: 'Features' });
    const columns = [element('div', { className: 'layer inputs' }, head, ...inputs)];
    this.#columns = [features.map((feature) => inputs[feature])];
    hidden.forEach((units, layer) => {
      const boxes = Array.from({ length: units }, () =>
        element('div', { className: 'unit' }, element('canvas')),
      );
      const button = (by, textContent) =>
        element('button', { textContent, onclick: () => this.#actions.resize(layer, by) });
      const text = element('div', { textContent: `${units} unit${units === 1 ? '' : 's'}` });
      columns.push(
        element(
          'div',
          { className: 'layer' },
          element('div', {}, button(-1, '−'), button(1, '+'), text),
          ...boxes,
        ),
      );
      this.#columns.push(boxes);
    });
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    // Leaves room for the lines to the output.
    this.#place.replaceChildren(svg, ...columns, element('div'));
  }

  /** @param output the element to which the lines of the last layer go */
  show({ activations, weights, settings, output }) {
    const side = this.#side;
    activations.forEach(({ data, shape: [, units] }, layer) => {
      const centre = settings.activation === 'sigmoid' ? 0.5 : 0;
      const scale = settings.activation === 'sigmoid' ? 2 : 1;
      const values = data.map((value) => (value - centre) * scale);
      this.#columns[layer + 1].forEach((box, unit) =>
        drawField(box.firstChild, values, side, { stride: units, start: unit, discrete: settings.discrete }),
      );
    });
    const svg = this.#place.firstChild;
    svg.replaceChildren();
    const origin = this.#place.getBoundingClientRect();
    const boxOf = (box) => {
      const { left, right, top, bottom } = box.getBoundingClientRect();
      return { left: left - origin.left, right: right - origin.left, y: (top + bottom) / 2 - origin.top };
    };
    const columns = [...this.#columns.map((boxes) => boxes.map(boxOf)), [boxOf(output)]];
    columns.slice(1).forEach((to, layer) => {
      const from = columns[layer];
      drawWeights(svg, weights[2 * layer], (i, j) => ({
        ...{ x1: from[i].right, y1: from[i].y },
        ...{ x2: to[j].left, y2: to[j].y },
      }));
    });
  }
}
