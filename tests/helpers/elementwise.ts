import { ACTIVATIONS, type Activation } from '../../src/network/activations.js';
import type { GuardedMemory } from './wasm.js';

/** Elementwise activations that have a slope. */
export type Elementwise = Exclude<Activation, 'softmax' | 'logSoftmax' | 'sign' | 'heaviside'>;

/** As in assembly/activation.ts. */
export function codeOf(name: Activation): number {
  return ACTIVATIONS.indexOf(name);
}

/** An activation of as many values as make whole vectors, in place. */
export function activate(
  memory: GuardedMemory,
  name: Activation,
  x: Float32Array,
): Float32Array<ArrayBuffer> {
  memory.reset();
  const y = memory.put(x as Float32Array<ArrayBuffer>);
  const place = [y.offset, 4 * x.length];
  memory.kernels.activationForward(codeOf(name), ...place, ...place, 1, x.length);
  memory.expectGuards(name);
  return y.get();
}

/** delta · slope, from the output (gelu, silu, mish: from the input). */
export function slopes(
  memory: GuardedMemory,
  name: Elementwise,
  delta: Float32Array,
  known: Float32Array,
): Float32Array<ArrayBuffer> {
  memory.reset();
  const d = memory.put(delta as Float32Array<ArrayBuffer>);
  const y = memory.put(known as Float32Array<ArrayBuffer>);
  const stride = 4 * known.length;
  memory.kernels.activationBackward(codeOf(name), d.offset, stride, y.offset, stride, 1, known.length);
  memory.expectGuards(name);
  return d.get();
}
