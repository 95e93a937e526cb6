// The update rules of the works, each a sweep whose scalars stay in registers: a vector of Adam takes as long as its square
// root and its division, whether its state comes from L1 or from L3. Scalars as in assembly/update.ts. Two vectors a round
// halve the counting; in `wide` both are loaded before either is stored, so that V8 can fuse them.
import { fma, kept } from '../simd';
import { descended, isClassical, mixed, mixedSquare, moved, scalar, TINY } from './parts';

/** w ← w − lr · (g + decay · w) */
export function sgdSweep(w: usize, g: usize, length: usize, control: usize): void {
  const step = f32x4.neg(scalar(control, 0)),
    decay = scalar(control, 1);
  const end = g + (length << 2);
  if (WIDE) {
    for (; g + 16 < end; g += 32) {
      const x = v128.load(w),
        y = v128.load(w, 16);
      const p = fma(decay, x, v128.load(g)),
        q = fma(decay, y, v128.load(g, 16));
      v128.store(w, fma(step, p, x));
      v128.store(w, fma(step, q, y), 16);
      w += 32;
    }
  }
  for (; g < end; g += 16) {
    const x = v128.load(w);
    v128.store(w, fma(step, fma(decay, x, v128.load(g)), x));
    w += 16;
  }
}

/**
 * v ← momentum · v − lr · g, then w ← (w + velocityFactor · v) − gradientFactor · g. Scalars: 2 momentum,
 * 3 velocityFactor, 4 gradientFactor. Classical: factors 1 and 0. Nesterov (Sutskever et al., 2013): momentum and lr.
 */
export function momentumSweep(w: usize, v: usize, g: usize, length: usize, control: usize): void {
  const step = f32x4.neg(scalar(control, 0)),
    decay = scalar(control, 1),
    momentum = scalar(control, 2),
    velocityFactor = scalar(control, 3),
    gradientFactor = f32x4.neg(scalar(control, 4)),
    least = kept(TINY);
  const end = g + (length << 2);
  if (isClassical(control)) {
    return classicalSweep(w, v, g, end, momentum, step, least);
  }
  if (WIDE) {
    for (; g + 16 < end; g += 32) {
      const x = v128.load(w),
        y = v128.load(w, 16);
      const p = fma(decay, x, v128.load(g)),
        q = fma(decay, y, v128.load(g, 16));
      const s = mixed(v128.load(v), p, momentum, step, least),
        t = mixed(v128.load(v, 16), q, momentum, step, least);
      v128.store(v, s);
      v128.store(v, t, 16);
      v128.store(w, moved(x, s, p, velocityFactor, gradientFactor));
      v128.store(w, moved(y, t, q, velocityFactor, gradientFactor), 16);
      w += 32;
      v += 32;
    }
  }
  if (!WIDE) {
    for (; g + 16 < end; g += 32) {
      const x = v128.load(w);
      const p = fma(decay, x, v128.load(g));
      const s = mixed(v128.load(v), p, momentum, step, least);
      v128.store(v, s);
      v128.store(w, moved(x, s, p, velocityFactor, gradientFactor));
      const y = v128.load(w, 16);
      const q = fma(decay, y, v128.load(g, 16));
      const t = mixed(v128.load(v, 16), q, momentum, step, least);
      v128.store(v, t, 16);
      v128.store(w, moved(y, t, q, velocityFactor, gradientFactor), 16);
      w += 32;
      v += 32;
    }
  }
  if (g < end) {
    const x = v128.load(w);
    const p = fma(decay, x, v128.load(g));
    const s = mixed(v128.load(v), p, momentum, step, least);
    v128.store(v, s);
    v128.store(w, moved(x, s, p, velocityFactor, gradientFactor));
  }
}

/** v ← momentum · v − lr · g, w ← w + v: what is left of it without decay and Nesterov. */
function classicalSweep(
  w: usize,
  v: usize,
  g: usize,
  end: usize,
  momentum: v128,
  step: v128,
  least: v128,
): void {
  for (; g + 16 < end; g += 32) {
    const s = mixed(v128.load(v), v128.load(g), momentum, step, least),
      t = mixed(v128.load(v, 16), v128.load(g, 16), momentum, step, least);
    v128.store(v, s);
    v128.store(v, t, 16);
    const x = f32x4.add(v128.load(w), s),
      y = f32x4.add(v128.load(w, 16), t);
    v128.store(w, x);
    v128.store(w, y, 16);
    w += 32;
    v += 32;
  }
  if (g < end) {
    const s = mixed(v128.load(v), v128.load(g), momentum, step, least);
    v128.store(v, s);
    v128.store(w, f32x4.add(v128.load(w), s));
  }
}

/**
 * m ← beta1 · m + (1 − beta1) · g, v ← beta2 · v + (1 − beta2) · g², w ← w − lr_t · m / (√v + epsilon), where
 * lr_t = lr · √(1 − beta2^t) / (1 − beta1^t) is scalar 0 (Kingma & Ba, 2015, section 2, the "epsilon hat" form).
 * Scalars: 2 beta1, 3 1 − beta1, 4 beta2, 5 1 − beta2, 6 epsilon.
 */
export function adamSweep(w: usize, m: usize, v: usize, g: usize, length: usize, control: usize): void {
  const rate = scalar(control, 0),
    decay = scalar(control, 1),
    beta1 = scalar(control, 2),
    rest1 = scalar(control, 3),
    beta2 = scalar(control, 4),
    rest2 = scalar(control, 5),
    epsilon = scalar(control, 6),
    least = kept(TINY);
  const end = g + (length << 2);
  if (WIDE) {
    for (; g + 16 < end; g += 32) {
      const x = v128.load(w),
        y = v128.load(w, 16);
      const p = fma(decay, x, v128.load(g)),
        q = fma(decay, y, v128.load(g, 16));
      const mp = mixed(v128.load(m), p, beta1, rest1, least),
        mq = mixed(v128.load(m, 16), q, beta1, rest1, least);
      const vp = mixedSquare(v128.load(v), p, beta2, rest2, least),
        vq = mixedSquare(v128.load(v, 16), q, beta2, rest2, least);
      v128.store(m, mp);
      v128.store(m, mq, 16);
      v128.store(v, vp);
      v128.store(v, vq, 16);
      v128.store(w, descended(x, mp, vp, rate, epsilon));
      v128.store(w, descended(y, mq, vq, rate, epsilon), 16);
      w += 32;
      m += 32;
      v += 32;
    }
  }
  if (!WIDE) {
    for (; g + 16 < end; g += 32) {
      const x = v128.load(w);
      const p = fma(decay, x, v128.load(g));
      const mp = mixed(v128.load(m), p, beta1, rest1, least);
      v128.store(m, mp);
      const vp = mixedSquare(v128.load(v), p, beta2, rest2, least);
      v128.store(v, vp);
      v128.store(w, descended(x, mp, vp, rate, epsilon));
      const y = v128.load(w, 16);
      const q = fma(decay, y, v128.load(g, 16));
      const mq = mixed(v128.load(m, 16), q, beta1, rest1, least);
      v128.store(m, mq, 16);
      const vq = mixedSquare(v128.load(v, 16), q, beta2, rest2, least);
      v128.store(v, vq, 16);
      v128.store(w, descended(y, mq, vq, rate, epsilon), 16);
      w += 32;
      m += 32;
      v += 32;
    }
  }
  if (g < end) {
    const x = v128.load(w);
    const p = fma(decay, x, v128.load(g));
    const first = mixed(v128.load(m), p, beta1, rest1, least);
    v128.store(m, first);
    const second = mixedSquare(v128.load(v), p, beta2, rest2, least);
    v128.store(v, second);
    v128.store(w, descended(x, first, second, rate, epsilon));
  }
}
