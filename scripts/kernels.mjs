// Writes assembly/generated/: micro-kernels of the matrix products, one function per tile height.
// This template is what is reviewed; its output is never committed. V8 can keep 15 vectors in registers, so the
// tallest tile holds 2·rows accumulators, 2 vectors of the panel and 1 splat. K is never unrolled by hand: the
// scheduler would interleave the chains and spill. Every micro-kernel is exported (assembly/index.ts), which keeps
// it a function of its own that V8 can tier up while a long call is running.
import { mkdirSync, writeFileSync, readFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const TALLEST = 6;
const HEIGHTS = Array.from({ length: TALLEST }, (_, i) => i + 1);
const folder = fileURLToPath(new URL('../assembly/generated/', import.meta.url));

const rows = (n, line) => Array.from({ length: n }, (_, r) => line(r)).join('\n');

/** Multiply-add of one splat per row with two vectors `b0 b1`; `address(r)` yields the splat's load. */
const products = (n, address) =>
  rows(
    n,
    (r) => `    a = v128.load32_splat(${address(r)});
    s${r} = fma(a, b0, s${r});
    t${r} = fma(a, b1, t${r});`,
  );

const declareZero = (n) => rows(n, (r) => `  let s${r} = f32x4.splat(0), t${r} = f32x4.splat(0);`);

/** y[n][8] = max(low, init + x[n][k] · panel[k][8]); strides and k in bytes of one float column each. */
function forward(n) {
  return `
export function forward${n}x8(
  y: usize, yStride: usize, x: usize, xStride: usize, panel: usize, depth: usize,
  init: usize, initStride: usize, low: f32,
): void {
${rows(n, (r) => `  let s${r} = v128.load(init + ${r} * initStride), t${r} = v128.load(init + ${r} * initStride, 16);`)}
${rows(n, (r) => `  const x${r} = x + ${r} * xStride;`)}
  const end = depth << 2;
  let a: v128;
  for (let i: usize = 0; i < end; i += 4) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
${products(n, (r) => `x${r} + i`)}
    panel += 32;
  }
  const limit = f32x4.splat(low);
${rows(
  n,
  (r) => `  v128.store(y + ${r} * yStride, clamp(s${r}, limit));
  v128.store(y + ${r} * yStride, clamp(t${r}, limit), 16);`,
)}
}`;
}

/** Loop of the weight gradient: sum over \`count\` rows of x[row][0..n) ⊗ delta[row][0..8). */
const gradientLoop = (n) => `
  let a: v128;
  for (; count > 0; count--) {
    const b0 = v128.load(delta), b1 = v128.load(delta, 16);
${rows(
  n,
  (r) => `    a = v128.load32_splat(x, ${4 * r});
    s${r} = fma(a, b0, s${r});
    t${r} = fma(a, b1, t${r});`,
)}
    x += xStride;
    delta += deltaStride;
  }`;

/** g[n][8] += (or =, when \`fresh\`) xᵀ · delta. */
function gradientStore(n) {
  return `
export function gradientStore${n}x8(
  g: usize, x: usize, xStride: usize, delta: usize, deltaStride: usize, count: usize, fresh: bool,
): void {
${declareZero(n)}
  if (!fresh) {
${rows(n, (r) => `    s${r} = v128.load(g, ${32 * r});\n    t${r} = v128.load(g, ${32 * r + 16});`)}
  }
${gradientLoop(n)}
${rows(n, (r) => `  v128.store(g, s${r}, ${32 * r});\n  v128.store(g, t${r}, ${32 * r + 16});`)}
}`;
}

/** The gradient tile is consumed in registers by the update rule \`rule(weight, slot…, g, control)\`. */
function gradientUpdate(n, name, slots) {
  const parameters = slots.map((s) => `, ${s}: usize`).join('');
  const call = (r, half) =>
    `  ${name}Vector(w + ${32 * r + 16 * half}${slots.map((s) => `, ${s} + ${32 * r + 16 * half}`).join('')}, ${half ? 't' : 's'}${r}, control);`;
  return `
export function gradient${name[0].toUpperCase()}${name.slice(1)}${n}x8(
  w: usize${parameters}, x: usize, xStride: usize, delta: usize, deltaStride: usize, count: usize, control: usize,
): void {
${declareZero(n)}
${gradientLoop(n)}
${rows(n, (r) => `${call(r, 0)}\n${call(r, 1)}`)}
}`;
}

/** out[n][8] = Σ over units of w[k][unit] · deltaT[unit][8]: n rows of the weight panels, 8 rows of the batch. */
function inputGradient(n) {
  return `
export function inputGradient${n}x8(
  out: usize, outStride: usize, w: usize, panelStride: usize, deltaT: usize, units: usize,
): void {
${declareZero(n)}
  let a: v128;
  while (units > 0) {
    const last = w + (min<usize>(units, 8) << 2);
    for (let p = w; p < last; p += 4) {
      const b0 = v128.load(deltaT), b1 = v128.load(deltaT, 16);
${rows(
  n,
  (r) => `      a = v128.load32_splat(p, ${32 * r});
      s${r} = fma(a, b0, s${r});
      t${r} = fma(a, b1, t${r});`,
)}
      deltaT += 32;
    }
    w += panelStride;
    units -= min<usize>(units, 8);
  }
${rows(
  n,
  (r) => `  v128.store(out + ${r} * outStride, s${r});
  v128.store(out + ${r} * outStride, t${r}, 16);`,
)}
}`;
}

const lanes = (n, line) => Array.from({ length: 2 * n }, (_, i) => line(i >> 1, i & 1, `s${i}`)).join('\n');
const zeroLanes = (n) => lanes(n, (_p, _h, s) => `    let ${s} = f32x4.splat(0);`);

/** Rows given as lists of {k · 32, value}: y[row][8n] = max(low, bias + Σ value · panels[…][k][8]), n panels at a time. */
function sparseForward(n) {
  return `
export function sparseForward${n}(
  y: usize, yStride: usize, starts: usize, rows: usize, w: usize, panelStride: usize, bias: usize, low: f32,
): void {
${rows(n, (r) => `  const w${r} = w + ${r} * panelStride;`)}
  for (; rows > 0; rows--) {
${lanes(n, (p, h, s) => `    let ${s} = v128.load(bias, ${32 * p + 16 * h});`)}
    const end: usize = load<u32>(starts, 4);
    for (let e: usize = load<u32>(starts); e < end; e += 8) {
      const k: usize = load<u32>(e);
      const a = v128.load32_splat(e, 4);
${lanes(n, (p, h, s) => `      ${s} = fma(a, v128.load(w${p} + k, ${16 * h}), ${s});`)}
    }
    const limit = f32x4.splat(low);
${lanes(n, (p, h, s) => `    v128.store(y, clamp(${s}, limit), ${32 * p + 16 * h});`)}
    y += yStride;
    starts += 4;
  }
}`;
}

/** Columns given as lists of {row · stride, value}: the gradient of n panels, one input after the other, into its rule. */
function sparseGradient(n, name, slots) {
  const parameters = slots.map((slot) => `, ${slot}: usize`).join('');
  const at = (place, p, h) => `${place} + ${p} * panelStride + ${16 * h}`;
  return `
export function sparse${title(name)}${n}(
  w: usize${parameters}, panelStride: usize, starts: usize, inputs: usize, delta: usize, control: usize, skip: bool,
): void {
  for (; inputs > 0; inputs--) {
    let e: usize = load<u32>(starts);
    const end: usize = load<u32>(starts, 4);
    if (e < end || !skip) {
${zeroLanes(n)}
      for (; e < end; e += 8) {
        const d = delta + <usize>load<u32>(e);
        const a = v128.load32_splat(e, 4);
${lanes(n, (p, h, s) => `        ${s} = fma(a, v128.load(d, ${32 * p + 16 * h}), ${s});`)}
      }
${lanes(n, (p, h, s) => `      ${name}Vector(${[`w`, ...slots].map((place) => at(place, p, h)).join(', ')}, ${s}, control);`)}
    }
    starts += 4;
    w += 32;
${slots.map((slot) => `    ${slot} += 32;`).join('\n')}
  }
}`;
}

/** The same gradient written to memory, laid out like the weights; added to what is there if not `fresh`. */
function sparseStore(n) {
  const at = (p, h) => `v128.load(g + ${p} * panelStride + ${16 * h})`;
  return `
export function sparseStore${n}(
  g: usize, panelStride: usize, starts: usize, inputs: usize, delta: usize, fresh: bool,
): void {
  for (; inputs > 0; inputs--) {
${lanes(n, (p, h, s) => `    let ${s} = fresh ? f32x4.splat(0) : ${at(p, h)};`)}
    const end: usize = load<u32>(starts, 4);
    for (let e: usize = load<u32>(starts); e < end; e += 8) {
      const d = delta + <usize>load<u32>(e);
      const a = v128.load32_splat(e, 4);
${lanes(n, (p, h, s) => `      ${s} = fma(a, v128.load(d, ${32 * p + 16 * h}), ${s});`)}
    }
${lanes(n, (p, h, s) => `    v128.store(g + ${p} * panelStride + ${16 * h}, ${s});`)}
    starts += 4;
    g += 32;
  }
}`;
}

const title = (name) => name[0].toUpperCase() + name.slice(1);

/** A switch over the tile height: \`name(height, …)\` calls the micro-kernel of that height. */
function dispatcher(name, prefix, parameters, suffix = 'x8') {
  const args = parameters.map(([p]) => p).join(', ');
  return `
/** Calls ${prefix}<height>${suffix}. */
export function ${name}(height: i32, ${parameters.map(([p, t]) => `${p}: ${t}`).join(', ')}): void {
  switch (height) {
${HEIGHTS.map((n) => `    case ${n}: ${prefix}${n}${suffix}(${args}); break;`).join('\n')}
  }
}`;
}

const addresses = (names) => names.split(' ').map((n) => [n, 'usize']);
const updates = { sgd: [], momentum: ['v'], adam: ['m', 'v'] };

/** Elementwise activations by code (assembly/activation.ts); 0 is linear. The last two have no slope. */
const ACTIVATIONS =
  'relu relu6 leakyRelu elu selu gelu silu mish sigmoid hardSigmoid tanh softplus softsign exponential sign heaviside'.split(
    ' ',
  );
const TRAINABLE = ACTIVATIONS.slice(0, -2);

/** One loop over a matrix per activation, and the switch between them. */
function activationLoops() {
  const forwardLoop = (name) => `
function ${name}Rows(y: usize, yStride: usize, x: usize, xStride: usize, rows: usize, width: usize): void {
  for (; rows > 0; rows--) {
    for (let i: usize = 0; i < width; i += 16) v128.store(y + i, ${name}Forward(v128.load(x + i)));
    y += yStride;
    x += xStride;
  }
}`;
  const backwardLoop = (name) => `
function ${name}Slopes(d: usize, dStride: usize, y: usize, yStride: usize, rows: usize, width: usize): void {
  for (; rows > 0; rows--) {
    for (let i: usize = 0; i < width; i += 16) v128.store(d + i, ${name}Backward(v128.load(d + i), v128.load(y + i)));
    d += dStride;
    y += yStride;
  }
}`;
  const cases = (names, suffix, args) =>
    names.map((name, i) => `    case ${i + 1}: ${name}${suffix}(${args}); break;`).join('\n');
  return [
    `import { ${ACTIVATIONS.map((n) => `${n}Forward`).join(', ')}, ${TRAINABLE.map((n) => `${n}Backward`).join(', ')} } from '../activation';`,
    ...ACTIVATIONS.map(forwardLoop),
    ...TRAINABLE.map(backwardLoop),
    `
/** y = activation(x), rows of whole vectors (columns a multiple of 4); y may be x. Strides in bytes. */
export function activationForward(
  kind: i32, y: usize, yStride: usize, x: usize, xStride: usize, rows: usize, columns: usize,
): void {
  switch (kind) {
${cases(ACTIVATIONS, 'Rows', 'y, yStride, x, xStride, rows, columns << 2')}
  }
}

/** delta ← delta · slope, from the output y (gelu, silu, mish: from the input). */
export function activationBackward(
  kind: i32, delta: usize, deltaStride: usize, y: usize, yStride: usize, rows: usize, columns: usize,
): void {
  switch (kind) {
${cases(TRAINABLE, 'Slopes', 'delta, deltaStride, y, yStride, rows, columns << 2')}
  }
}`,
  ];
}

const files = {
  'activation.ts': activationLoops(),
  'forward.ts': [
    "import { clamp, fma } from '../simd';",
    ...HEIGHTS.map(forward),
    dispatcher('forwardTile', 'forward', [
      ...addresses('y yStride x xStride panel depth init initStride'),
      ['low', 'f32'],
    ]),
  ],
  'gradient.ts': [
    "import { fma } from '../simd';",
    "import { sgdVector, momentumVector, adamVector } from '../update';",
    ...HEIGHTS.map(gradientStore),
    ...Object.entries(updates).flatMap(([name, slots]) => HEIGHTS.map((n) => gradientUpdate(n, name, slots))),
    dispatcher('gradientStoreTile', 'gradientStore', [
      ...addresses('g x xStride delta deltaStride count'),
      ['fresh', 'bool'],
    ]),
    ...Object.entries(updates).map(([name, slots]) => {
      const title = `gradient${name[0].toUpperCase()}${name.slice(1)}`;
      return dispatcher(
        `${title}Tile`,
        title,
        addresses(['w', ...slots, 'x xStride delta deltaStride count control'].join(' ')),
      );
    }),
  ],
  'sparse.ts': [
    "import { clamp, fma } from '../simd';",
    "import { adamVector, momentumVector, sgdVector } from '../update';",
    ...HEIGHTS.map(sparseForward),
    ...Object.entries(updates).flatMap(([name, slots]) => HEIGHTS.map((n) => sparseGradient(n, name, slots))),
    ...HEIGHTS.map(sparseStore),
    dispatcher(
      'sparseStorePanels',
      'sparseStore',
      [...addresses('g panelStride starts inputs delta'), ['fresh', 'bool']],
      '',
    ),
    dispatcher(
      'sparseForwardPanels',
      'sparseForward',
      [...addresses('y yStride starts rows w panelStride bias'), ['low', 'f32']],
      '',
    ),
    ...Object.entries(updates).map(([name, slots]) =>
      dispatcher(
        `sparse${title(name)}Panels`,
        `sparse${title(name)}`,
        [
          ...addresses(['w', ...slots, 'panelStride starts inputs delta control'].join(' ')),
          ['skip', 'bool'],
        ],
        '',
      ),
    ),
  ],
  'input-gradient.ts': [
    "import { fma } from '../simd';",
    ...HEIGHTS.map(inputGradient),
    dispatcher('inputGradientTile', 'inputGradient', addresses('out outStride w panelStride deltaT units')),
  ],
};

mkdirSync(folder, { recursive: true });
for (const [name, parts] of Object.entries(files)) {
  const text = `// Generated by scripts/kernels.mjs.\n${parts.join('\n')}\n`;
  const path = join(folder, name);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}
