// The ABI: free functions on byte offsets and sizes in one imported memory. Micro-kernels are exported so that they
// stay functions of their own, which V8 tiers up while a long call is running.
export * from './generated/forward';
export * from './generated/gradient';
export * from './generated/input-gradient';
export { denseForward } from './gemm/forward';
export { columnSums, denseGradient, denseGradientSweep, denseGradientUpdate } from './gemm/gradient';
export { denseInputGradient, transposeDelta } from './gemm/input-gradient';
export { gatherBytes, gatherWords } from './gather';
export { activationBackward, activationForward } from './activation';
export { softmaxCrossEntropy, softmaxForward } from './softmax';
export { sigmoidCrossEntropy, squaredError, sumRows } from './loss';
export { sumSquares, update } from './update';
