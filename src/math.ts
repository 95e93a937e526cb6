/**
 * The transcendental functions of this package, in plain float64 arithmetic: engines disagree in the last bits of
 * `Math.exp` and its like, and weights, losses and data must have the same bits everywhere.
 */
export { exp, expm1, log, log1p, tanh } from './math/exponential.js';
export { pow } from './math/exponential.js';
export { cos, sin } from './math/trigonometric.js';
