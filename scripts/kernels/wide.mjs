// Tiles of two panels, or of two blocks of eight rows, for the variant `wide`: V8 fuses neighbouring vectors
// with the same operations and adjacent stores into one of 256 bits, so that twelve accumulators, two vectors
// and a splat are fifteen registers again.
import { forward } from './forward.mjs';
import { gradientStore } from './gradient.mjs';
import { inputGradient, PARAMETERS } from './input-gradient.mjs';
import { addresses, dispatcher, HEIGHTS } from './template.mjs';

const dispatch = (name, parameters) => dispatcher(`${name}Pair`, name, parameters, 'x16');

export default () => [
  "import { clamp, fma } from '../simd';",
  ...HEIGHTS.map((n) => forward(n, 2)),
  ...HEIGHTS.map((n) => gradientStore(n, 2)),
  ...HEIGHTS.map((n) => inputGradient(n, 16)),
  dispatch('forward', [
    ...addresses('y yStride x xStride panel panelStride depth init initStride tiles'),
    ['low', 'f32'],
  ]),
  dispatch('gradientStore', [
    ...addresses('g panelStride x xStride delta deltaStride count'),
    ['fresh', 'bool'],
  ]),
  dispatch('inputGradient', PARAMETERS),
];
