// The update rules of the works, each a sweep whose scalars stay in registers: a vector of Adam takes as long as its square
// root and its division, whether its state comes from L1 or from L3. Scalars as in assembly/update.ts.
import { fma } from '../simd';
import { average, scalar } from './parts';

/** w ← w − lr · (g + decay · w) */
export function sgdSweep(w: usize, g: usize, length: usize, control: usize): void {
  const step = f32x4.neg(scalar(control, 0)),
    decay = scalar(control, 1);
  for (const end = g + (length << 2); g < end; g += 16) {
    const x = v128.load(w);
    v128.store(w, fma(step, fma(decay, x, v128.load(g)), x));
    w += 16;
  }
}

/**
 * v ← momentum · v − lr · g, then w ← w + (velocityFactor · v − gradientFactor · g). Scalars: 2 momentum,
 * 3 velocityFactor, 4 gradientFactor. Classical: factors 1 and 0. Nesterov (Sutskever et al., 2013): momentum and lr.
 */
export function momentumSweep(w: usize, v: usize, g: usize, length: usize, control: usize): void {
  const step = f32x4.neg(scalar(control, 0)),
    decay = scalar(control, 1),
    momentum = scalar(control, 2),
    velocityFactor = scalar(control, 3),
    gradientFactor = scalar(control, 4);
  for (const end = g + (length << 2); g < end; g += 16) {
    const x = v128.load(w);
    const gradient = fma(decay, x, v128.load(g));
    const velocity = average(v, gradient, momentum, step);
    const change = f32x4.sub(f32x4.mul(velocityFactor, velocity), f32x4.mul(gradientFactor, gradient));
    v128.store(w, f32x4.add(x, change));
    w += 16;
    v += 16;
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
    epsilon = scalar(control, 6);
  for (const end = g + (length << 2); g < end; g += 16) {
    const x = v128.load(w);
    const gradient = fma(decay, x, v128.load(g));
    const first = average(m, gradient, beta1, rest1);
    const second = average(v, f32x4.mul(gradient, gradient), beta2, rest2);
    const root = f32x4.add(f32x4.sqrt(second), epsilon);
    v128.store(w, f32x4.sub(x, f32x4.div(f32x4.mul(rate, first), root)));
    w += 16;
    m += 16;
    v += 16;
  }
}
