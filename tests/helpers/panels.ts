/** Columns of a weight panel. */
export const PANEL = 8;

export function padded(units: number): number {
  return Math.ceil(units / PANEL) * PANEL;
}

/** Row-major (depth, units) → panels [units/8][depth][8], zero-padded. */
export function toPanels(weight: ArrayLike<number>, depth: number, units: number): Float32Array<ArrayBuffer> {
  const panels = new Float32Array(depth * padded(units));
  for (let unit = 0; unit < units; unit++) {
    const start = Math.floor(unit / PANEL) * depth * PANEL + (unit % PANEL);
    for (let k = 0; k < depth; k++) panels[start + k * PANEL] = weight[k * units + unit];
  }
  return panels;
}

/** Panels → row-major (depth, units). */
export function fromPanels(panels: Float32Array, depth: number, units: number): Float32Array<ArrayBuffer> {
  return columnsOf(panels, depth, 0, units);
}

/** What lies in the padding of the last panel: (depth, padding) row-major. */
export function panelPadding(panels: Float32Array, depth: number, units: number): Float32Array<ArrayBuffer> {
  return columnsOf(panels, depth, units, padded(units));
}

function columnsOf(
  panels: Float32Array,
  depth: number,
  begin: number,
  end: number,
): Float32Array<ArrayBuffer> {
  const width = end - begin;
  const matrix = new Float32Array(depth * width);
  for (let unit = begin; unit < end; unit++) {
    const start = Math.floor(unit / PANEL) * depth * PANEL + (unit % PANEL);
    for (let k = 0; k < depth; k++) matrix[k * width + unit - begin] = panels[start + k * PANEL];
  }
  return matrix;
}
