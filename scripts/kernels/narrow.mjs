import { addresses, dispatcher, rows } from './template.mjs';

/**
 * Transposes four loads c0…c3 of vector r of rows into q0…q3, and adds their products with w0…w3 to chain
 * s<r>.
 */
const block = (r) => `    {
      const c0 = v128.load(x${r}), c1 = v128.load(x${r} + xStride);
      const c2 = v128.load(x${r} + 2 * xStride), c3 = v128.load(x${r} + 3 * xStride);
      const a = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5), b = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
      const c = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7), d = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
      s${r} = fma(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.load32_splat(w), s${r});
      s${r} = fma(v128.shuffle<i32>(a, b, 2, 3, 6, 7), v128.load32_splat(w, 32), s${r});
      s${r} = fma(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.load32_splat(w, 64), s${r});
      s${r} = fma(v128.shuffle<i32>(c, d, 2, 3, 6, 7), v128.load32_splat(w, 96), s${r});
      x${r} += 16;
    }`;

const column = (r) => `    s${r} = fma(
      f32x4(load<f32>(x${r}), load<f32>(x${r} + xStride), load<f32>(x${r} + 2 * xStride), load<f32>(x${r} + 3 * xStride)),
      v128.load32_splat(w), s${r});
    x${r} += 4;`;

/**
 * One unit of 4n rows, the rows in the lanes: y[row] = max(low, bias + Σ x[row][k] · w[k]), w[k] 32 bytes
 * apart.
 */
function narrowForward(n) {
  return `
export function narrowForward${n}(
  y: usize, yStride: usize, x: usize, xStride: usize, w: usize, depth: usize, bias: usize, low: f32,
): void {
${rows(n, (r) => `  let s${r} = v128.load32_splat(bias), x${r} = x + ${4 * r} * xStride;`)}
  for (let k = depth >> 2; k > 0; k--) {
${rows(n, block)}
    w += 128;
  }
  for (let k = depth & 3; k > 0; k--) {
${rows(n, column)}
    w += 32;
  }
  const limit = f32x4.splat(low);
${rows(
  n,
  (r) => `  s${r} = clamp(s${r}, limit);
${rows(4, (i) => `  store<f32>(y + ${4 * r + i} * yStride, f32x4.extract_lane(s${r}, ${i}));`)}`,
)}
}`;
}

/**
 * One unit: g[k] (+)= Σ over rows of x[row][k] · delta[row], n vectors, of the last of which \`lanes\`; g[k]
 * 32 bytes apart.
 */
function narrowGradient(n) {
  const last = n - 1;
  return `
export function narrowGradient${n}(
  g: usize, x: usize, xStride: usize, delta: usize, deltaStride: usize, count: usize, fresh: bool, lanes: i32,
): void {
${rows(n, (i) => `  let s${i} = f32x4.splat(0);`)}
  if (!fresh) {
${rows(
  last,
  (i) =>
    `    s${i} = f32x4(load<f32>(g, ${128 * i}), load<f32>(g, ${128 * i + 32}), load<f32>(g, ${128 * i + 64}), load<f32>(g, ${128 * i + 96}));`,
)}
    s${last} = f32x4.replace_lane(s${last}, 0, load<f32>(g, ${128 * last}));
${[1, 2, 3].map((j) => `    if (lanes > ${j}) s${last} = f32x4.replace_lane(s${last}, ${j}, load<f32>(g, ${128 * last + 32 * j}));`).join('\n')}
  }
  for (; count > 0; count--) {
    const d = v128.load32_splat(delta);
${rows(n, (i) => `    s${i} = fma(v128.load(x, ${16 * i}), d, s${i});`)}
    x += xStride;
    delta += deltaStride;
  }
${rows(last, (i) => rows(4, (j) => `  store<f32>(g, f32x4.extract_lane(s${i}, ${j}), ${128 * i + 32 * j});`))}
  store<f32>(g, f32x4.extract_lane(s${last}, 0), ${128 * last});
${[1, 2, 3].map((j) => `  if (lanes > ${j}) store<f32>(g, f32x4.extract_lane(s${last}, ${j}), ${128 * last + 32 * j});`).join('\n')}
}`;
}

const WIDTHS = Array.from({ length: 8 }, (_, i) => i + 1);

export default () => [
  "import { clamp, fma } from '../simd';",
  narrowForward(2),
  narrowForward(4),
  ...WIDTHS.map(narrowGradient),
  dispatcher(
    'narrowGradientVectors',
    'narrowGradient',
    [...addresses('g x xStride delta deltaStride count'), ['fresh', 'bool'], ['lanes', 'i32']],
    '',
    WIDTHS,
  ),
];
