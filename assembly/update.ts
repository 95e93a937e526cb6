// Update rules: a gradient in memory in, weights and optimizer slots changed in place.
//
// `control` points at float32 scalars that the host writes before a step; src/network/optimizers.ts does:
//   0 learningRate    1 decay (L2: g += decay · w)   2-9 scalars of the rule, named at each rule
//   10 l1   11 clipValue   12 gradientFactor (clipping by norm)   13 keep (1 − learningRate · weightDecay)
// Slots below 2^-100 in magnitude become 0: moments of rarely used weights would otherwise stay denormal and slow.
import { clamp, fma } from './simd';
import { adamSweep, momentumSweep, sgdSweep } from './update/frequent';
import { average, flush, scalar } from './update/parts';

/** The update rules. */
export const enum RuleCode {
  sgd,
  momentum,
  adam,
  amsgrad,
  adamax,
  nadam,
  rmsprop,
  centered,
  adagrad,
  adadelta,
  lion,
}

// @ts-ignore: decorator
@inline
function decayed(g: v128, w: v128, control: usize): v128 {
  return fma(scalar(control, 1), w, g);
}

/** Adam with the largest second moment so far in the denominator (Reddi et al., 2018). Scalars as adam. */
// @ts-ignore: decorator
@inline
function amsgradVector(w: usize, m: usize, v: usize, largest: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  const first = average(m, gradient, scalar(control, 2), scalar(control, 3));
  const second = average(v, f32x4.mul(gradient, gradient), scalar(control, 4), scalar(control, 5));
  const most = clamp(second, v128.load(largest));
  v128.store(largest, most);
  const root = f32x4.add(f32x4.sqrt(most), scalar(control, 6));
  v128.store(w, f32x4.sub(x, f32x4.div(f32x4.mul(scalar(control, 0), first), root)));
}

/**
 * u ← max(beta2 · u, |g|), w ← w − lr / (1 − beta1^t) · m / (u + epsilon) (Kingma & Ba, 2015, section 7.1). Scalars as
 * adam, 0 with its correction.
 */
// @ts-ignore: decorator
@inline
function adamaxVector(w: usize, m: usize, u: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  const first = average(m, gradient, scalar(control, 2), scalar(control, 3));
  const most = flush(clamp(f32x4.abs(gradient), f32x4.mul(scalar(control, 4), v128.load(u))));
  v128.store(u, most);
  const root = f32x4.add(most, scalar(control, 6));
  v128.store(w, f32x4.sub(x, f32x4.div(f32x4.mul(scalar(control, 0), first), root)));
}

/**
 * Adam with Nesterov momentum (Dozat, 2016): w ← w − lr · (7 · m + 8 · g) / (√(9 · v) + epsilon). Scalars as adam, and
 * 7 u_(t+1) / (1 − Π u · u_(t+1)), 8 (1 − u_t) / (1 − Π u), 9 1 / (1 − beta2^t).
 */
// @ts-ignore: decorator
@inline
function nadamVector(w: usize, m: usize, v: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  const first = average(m, gradient, scalar(control, 2), scalar(control, 3));
  const second = average(v, f32x4.mul(gradient, gradient), scalar(control, 4), scalar(control, 5));
  const ahead = fma(scalar(control, 7), first, f32x4.mul(scalar(control, 8), gradient));
  const root = f32x4.add(f32x4.sqrt(f32x4.mul(second, scalar(control, 9))), scalar(control, 6));
  v128.store(w, f32x4.sub(x, f32x4.div(f32x4.mul(scalar(control, 0), ahead), root)));
}

/**
 * v ← rho · v + (1 − rho) · g², m ← momentum · m + lr · g / √(v [− a²] + epsilon), w ← w − m; centered also keeps
 * a ← rho · a + (1 − rho) · g (Tieleman & Hinton, 2012; Graves, 2013). Scalars: 2 rho, 3 1 − rho, 4 momentum, 6 epsilon.
 */
// @ts-ignore: decorator
@inline
function rmspropVector(w: usize, v: usize, m: usize, a: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  let square = average(v, f32x4.mul(gradient, gradient), scalar(control, 2), scalar(control, 3));
  if (a != 0) {
    const mean = average(a, gradient, scalar(control, 2), scalar(control, 3));
    square = f32x4.sub(square, f32x4.mul(mean, mean));
  }
  const root = f32x4.sqrt(f32x4.add(square, scalar(control, 6)));
  const step = f32x4.div(f32x4.mul(scalar(control, 0), gradient), root);
  const velocity = flush(fma(scalar(control, 4), v128.load(m), step));
  v128.store(m, velocity);
  v128.store(w, f32x4.sub(x, velocity));
}

/** a ← a + g², w ← w − lr · g / √(a + epsilon) (Duchi et al., 2011). Scalar: 6 epsilon. */
// @ts-ignore: decorator
@inline
function adagradVector(w: usize, a: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  const sum = fma(gradient, gradient, v128.load(a));
  v128.store(a, sum);
  const root = f32x4.sqrt(f32x4.add(sum, scalar(control, 6)));
  v128.store(w, f32x4.sub(x, f32x4.div(f32x4.mul(scalar(control, 0), gradient), root)));
}

/**
 * v ← rho · v + (1 − rho) · g², d = √(u + epsilon) / √(v + epsilon) · g, u ← rho · u + (1 − rho) · d², w ← w − lr · d
 * (Zeiler, 2012). Scalars: 2 rho, 3 1 − rho, 6 epsilon.
 */
// @ts-ignore: decorator
@inline
function adadeltaVector(w: usize, v: usize, u: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  const epsilon = scalar(control, 6);
  const square = average(v, f32x4.mul(gradient, gradient), scalar(control, 2), scalar(control, 3));
  const ratio = f32x4.div(
    f32x4.sqrt(f32x4.add(v128.load(u), epsilon)),
    f32x4.sqrt(f32x4.add(square, epsilon)),
  );
  const step = f32x4.mul(ratio, gradient);
  average(u, f32x4.mul(step, step), scalar(control, 2), scalar(control, 3));
  v128.store(w, f32x4.sub(x, f32x4.mul(scalar(control, 0), step)));
}

/**
 * w ← w − lr · sign(beta1 · m + (1 − beta1) · g), m ← beta2 · m + (1 − beta2) · g (Chen et al., 2023). Scalars as adam.
 */
// @ts-ignore: decorator
@inline
function lionVector(w: usize, m: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  const mixed = fma(scalar(control, 3), gradient, f32x4.mul(scalar(control, 2), v128.load(m)));
  const rate = scalar(control, 0);
  const zero = f32x4.splat(0);
  const step = f32x4.sub(v128.and(rate, f32x4.gt(mixed, zero)), v128.and(rate, f32x4.lt(mixed, zero)));
  average(m, gradient, scalar(control, 4), scalar(control, 5));
  v128.store(w, f32x4.sub(x, v128.or(step, f32x4.ne(mixed, mixed)))); // all bits set is NaN
}

/**
 * Sweeps a gradient of `length` (multiple of 4) float32 through the rule. Slots that a rule lacks are ignored.
 * @writes w slot0 slot1 slot2 @reads g
 * @rows length by 16: w*4 slot0*4 slot1*4 slot2*4 g*4
 * @cost 0.6 * length
 */
export function update(
  rule: i32,
  w: usize,
  slot0: usize,
  slot1: usize,
  slot2: usize,
  g: usize,
  length: usize,
  control: usize,
): void {
  if (rule == RuleCode.sgd) return sgdSweep(w, g, length, control);
  if (rule == RuleCode.momentum) return momentumSweep(w, slot0, g, length, control);
  if (rule == RuleCode.adam) return adamSweep(w, slot0, slot1, g, length, control);
  for (const end = g + (length << 2); g < end; g += 16) {
    const x = v128.load(g);
    switch (rule) {
      case RuleCode.amsgrad:
        amsgradVector(w, slot0, slot1, slot2, x, control);
        break;
      case RuleCode.adamax:
        adamaxVector(w, slot0, slot1, x, control);
        break;
      case RuleCode.nadam:
        nadamVector(w, slot0, slot1, x, control);
        break;
      case RuleCode.rmsprop:
        rmspropVector(w, slot0, slot1, 0, x, control);
        break;
      case RuleCode.centered:
        rmspropVector(w, slot0, slot1, slot2, x, control);
        break;
      case RuleCode.adagrad:
        adagradVector(w, slot0, x, control);
        break;
      case RuleCode.adadelta:
        adadeltaVector(w, slot0, slot1, x, control);
        break;
      case RuleCode.lion:
        lionVector(w, slot0, x, control);
        break;
      default:
        assert(false);
    }
    w += 16;
    slot0 += 16;
    slot1 += 16;
    slot2 += 16;
  }
}
