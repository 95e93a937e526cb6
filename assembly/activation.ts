// Elementwise activations, four lanes at a time. `<name>Forward(x)` is the function; `<name>Backward(g, y)`
// is g · dy/dx from the layer's output y, except for gelu, silu and mish, whose second argument is the input
// x: their output does not determine the slope. The loops over matrices are generated
// (scripts/kernels/activation.mjs).
import { erf4, exp4, expm1Negative4, log1p4, sigmoid4, tanh4 } from './math';
import { clamp, select } from './simd';

const SELU_SCALE: f32 = 1.0507009873554805;
const SELU_ALPHA_SCALE: f32 = 1.7580993408473766;
const LEAK: f32 = 0.2;

// @ts-ignore: decorator
@inline
function zero(): v128 {
  return f32x4.splat(0);
}

// @ts-ignore: decorator
@inline
function one(): v128 {
  return f32x4.splat(1);
}

// @ts-ignore: decorator
@inline
export function reluForward(x: v128): v128 {
  return clamp(x, zero());
}

// @ts-ignore: decorator
@inline
export function reluBackward(g: v128, y: v128): v128 {
  return v128.and(g, f32x4.gt(y, zero()));
}

/** min(max(x, 0), 6) */
// @ts-ignore: decorator
@inline
export function relu6Forward(x: v128): v128 {
  return f32x4.pmin(clamp(x, zero()), f32x4.splat(6));
}

// @ts-ignore: decorator
@inline
export function relu6Backward(g: v128, y: v128): v128 {
  return v128.and(g, v128.and(f32x4.gt(y, zero()), f32x4.lt(y, f32x4.splat(6))));
}

/** x where positive, .2 x elsewhere. */
// @ts-ignore: decorator
@inline
export function leakyReluForward(x: v128): v128 {
  return select(f32x4.lt(x, zero()), f32x4.mul(x, f32x4.splat(LEAK)), x);
}

// @ts-ignore: decorator
@inline
export function leakyReluBackward(g: v128, y: v128): v128 {
  return select(f32x4.gt(y, zero()), g, f32x4.mul(g, f32x4.splat(LEAK)));
}

/** x where positive, e^x − 1 elsewhere (Clevert et al., 2016). */
// @ts-ignore: decorator
@inline
export function eluForward(x: v128): v128 {
  return select(f32x4.lt(x, zero()), expm1Negative4(x), x);
}

// @ts-ignore: decorator
@inline
export function eluBackward(g: v128, y: v128): v128 {
  return select(f32x4.gt(y, zero()), g, f32x4.mul(g, f32x4.add(y, one())));
}

/** scale · (x where positive, alpha (e^x − 1) elsewhere) (Klambauer et al., 2017). */
// @ts-ignore: decorator
@inline
export function seluForward(x: v128): v128 {
  const negative = f32x4.mul(f32x4.splat(SELU_ALPHA_SCALE), expm1Negative4(x));
  return select(f32x4.lt(x, zero()), negative, f32x4.mul(x, f32x4.splat(SELU_SCALE)));
}

// @ts-ignore: decorator
@inline
export function seluBackward(g: v128, y: v128): v128 {
  const scale = f32x4.splat(SELU_SCALE);
  return f32x4.mul(g, select(f32x4.gt(y, zero()), scale, f32x4.add(y, f32x4.splat(SELU_ALPHA_SCALE))));
}

/** Standard normal distribution function. */
// @ts-ignore: decorator
@inline
function phi(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.mul(half, f32x4.add(one(), erf4(f32x4.mul(x, f32x4.splat(0.7071067811865476)))));
}

/** x · Φ(x), exact (Hendrycks & Gimpel, 2016). */
// @ts-ignore: decorator
@inline
export function geluForward(x: v128): v128 {
  return f32x4.mul(x, phi(x));
}

// @ts-ignore: decorator
@inline
export function geluBackward(g: v128, x: v128): v128 {
  const density = f32x4.mul(
    exp4(f32x4.mul(f32x4.splat(-0.5), f32x4.mul(x, x))),
    f32x4.splat(0.3989422804014327),
  );
  return f32x4.mul(g, f32x4.add(phi(x), f32x4.mul(x, density)));
}

/** x · sigmoid(x) (Elfwing et al., 2018). */
// @ts-ignore: decorator
@inline
export function siluForward(x: v128): v128 {
  return f32x4.mul(x, sigmoid4(x));
}

// @ts-ignore: decorator
@inline
export function siluBackward(g: v128, x: v128): v128 {
  const s = sigmoid4(x);
  return f32x4.mul(g, f32x4.mul(s, f32x4.add(one(), f32x4.mul(x, f32x4.sub(one(), s)))));
}

/** tanh(softplus(x)) = n / (n + 2) with n = e^x (e^x + 2); 1 in float32 from x = 20 on. */
// @ts-ignore: decorator
@inline
function tanhSoftplus(x: v128): v128 {
  const e = exp4(f32x4.pmin(x, f32x4.splat(20)));
  const n = f32x4.mul(e, f32x4.add(e, f32x4.splat(2)));
  return f32x4.div(n, f32x4.add(n, f32x4.splat(2)));
}

/** x · tanh(softplus(x)) (Misra, 2019). */
// @ts-ignore: decorator
@inline
export function mishForward(x: v128): v128 {
  return f32x4.mul(x, tanhSoftplus(x));
}

// @ts-ignore: decorator
@inline
export function mishBackward(g: v128, x: v128): v128 {
  const t = tanhSoftplus(x);
  const slope = f32x4.mul(f32x4.mul(x, sigmoid4(x)), f32x4.sub(one(), f32x4.mul(t, t)));
  return f32x4.mul(g, f32x4.add(t, slope));
}

// @ts-ignore: decorator
@inline
export function sigmoidForward(x: v128): v128 {
  return sigmoid4(x);
}

// @ts-ignore: decorator
@inline
export function sigmoidBackward(g: v128, y: v128): v128 {
  return f32x4.mul(g, f32x4.mul(y, f32x4.sub(one(), y)));
}

/** relu6(x + 3) / 6 */
// @ts-ignore: decorator
@inline
export function hardSigmoidForward(x: v128): v128 {
  return f32x4.mul(relu6Forward(f32x4.add(x, f32x4.splat(3))), f32x4.splat(0.1666666716337204));
}

// @ts-ignore: decorator
@inline
export function hardSigmoidBackward(g: v128, y: v128): v128 {
  const inside = v128.and(f32x4.gt(y, zero()), f32x4.lt(y, one()));
  return v128.and(f32x4.mul(g, f32x4.splat(0.1666666716337204)), inside);
}

// @ts-ignore: decorator
@inline
export function tanhForward(x: v128): v128 {
  return tanh4(x);
}

// @ts-ignore: decorator
@inline
export function tanhBackward(g: v128, y: v128): v128 {
  return f32x4.mul(g, f32x4.sub(one(), f32x4.mul(y, y)));
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|) */
// @ts-ignore: decorator
@inline
export function softplusForward(x: v128): v128 {
  return f32x4.add(clamp(x, zero()), log1p4(exp4(f32x4.neg(f32x4.abs(x)))));
}

/** The slope is sigmoid(x) = −(e^−y − 1). */
// @ts-ignore: decorator
@inline
export function softplusBackward(g: v128, y: v128): v128 {
  return f32x4.mul(g, f32x4.sub(zero(), expm1Negative4(f32x4.neg(y))));
}

/** x / (1 + |x|) */
// @ts-ignore: decorator
@inline
export function softsignForward(x: v128): v128 {
  return f32x4.div(x, f32x4.add(one(), f32x4.abs(x)));
}

/** The slope is (1 − |y|)². */
// @ts-ignore: decorator
@inline
export function softsignBackward(g: v128, y: v128): v128 {
  const rest = f32x4.sub(one(), f32x4.abs(y));
  return f32x4.mul(g, f32x4.mul(rest, rest));
}

// @ts-ignore: decorator
@inline
export function exponentialForward(x: v128): v128 {
  return exp4(x);
}

// @ts-ignore: decorator
@inline
export function exponentialBackward(g: v128, y: v128): v128 {
  return f32x4.mul(g, y);
}

/** −1, 0 or 1. For predicting: the slope is 0. */
// @ts-ignore: decorator
@inline
export function signForward(x: v128): v128 {
  const positive = v128.and(f32x4.gt(x, zero()), one());
  return f32x4.sub(positive, v128.and(f32x4.lt(x, zero()), one()));
}

/** 1 where x ≥ 0, else 0 (McCulloch & Pitts, 1943). For predicting: the slope is 0. */
// @ts-ignore: decorator
@inline
export function heavisideForward(x: v128): v128 {
  return v128.and(f32x4.ge(x, zero()), one());
}
