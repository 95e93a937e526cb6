/** At most one of them is in force. */
export interface Clipping {
  /** Most of the magnitude of each value. */
  readonly clipValue?: number;
  /** Most of the norm of each parameter's gradient. */
  readonly clipNorm?: number;
  /** Most of the norm of all gradients together. */
  readonly globalClipNorm?: number;
}

type Gradients = Record<string, Float64Array>[];

function norm(gradients: readonly Float64Array[]): number {
  return Math.sqrt(gradients.reduce((sum, values) => values.reduce((s, g) => s + g * g, sum), 0));
}

/** Gradients by layer and name, scaled down or clipped. */
export function clip(gradients: Gradients, { clipValue, clipNorm, globalClipNorm }: Clipping): Gradients {
  const total = norm(gradients.flatMap((layer) => Object.values(layer)));
  const clipped = (values: Float64Array): Float64Array => {
    if (clipValue !== undefined) return values.map((g) => Math.min(Math.max(g, -clipValue), clipValue));
    const limit = clipNorm ?? globalClipNorm ?? Infinity;
    const own = clipNorm === undefined ? total : norm([values]);
    return own > limit ? values.map((g) => (g * limit) / own) : values;
  };
  return gradients.map((layer) =>
    Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, clipped(values)])),
  );
}
