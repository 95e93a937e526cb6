// The ABI: free functions on byte offsets and sizes in one imported memory. Micro-kernels are exported so
// that they stay functions of their own, which V8 tiers up while a long call is running.
export * from './generated/conv';
export * from './generated/forward';
export * from './generated/gradient';
export * from './generated/input-gradient';
export * from './generated/narrow';
export * from './generated/sparse';
export { bytesToCsr, csrToCsc, floatsToCsr } from './sparse/format';
export { sparseForward } from './sparse/forward';
export { sparseGradient, sparseGradientUpdate } from './sparse/gradient';
export { adaptiveForward, adaptiveGradientUpdate, adaptiveInputGradient } from './sparse/adaptive';
export { sigmoidRows } from './math';
export { activationBackward, activationForward } from './generated/activation';
export { announce, awaitChange, barrier } from './barrier';
export { denseForward } from './gemm/forward';
export { columnSums, columnSums4, denseGradient, denseGradientUpdate } from './gemm/gradient';
export { denseInputGradient, transposeDelta } from './gemm/input-gradient';
export { narrowForward, narrowGradient, narrowInputGradient } from './gemm/narrow';
export { allFinite } from './finite';
export { prefetchEntries, prefetchRows, gatherByteCsr, gatherBytes, gatherCsr, gatherWords } from './gather';
export { logSoftmaxBackward, logSoftmaxForward, softmaxBackward, softmaxForward } from './softmax';
export {
  categoricalCrossEntropy,
  categoricalHinge,
  softmaxCrossEntropy,
  softmaxCrossEntropyTargets,
} from './categorical';
export { elementLoss, sigmoidCrossEntropy, squaredError, sumRows } from './loss';
export {
  activityGradient,
  activityPenalty,
  adjust,
  normFactor,
  regularize,
  sumMagnitudes,
  sumSquares,
} from './penalty';
export { adamUpdate, momentumUpdate, sgdUpdate, update } from './generated/update';
export { columnNorms, nonNegative, rowNorms, stepNorms, vectorNorm } from './constraint';
export { dropout, gaussianNoise, spatialDropout } from './dropout';
export {
  batchNormBackward,
  batchNormForward,
  batchNormGradient,
  batchStatistics,
  layerNormGradient,
  movingStatistics,
  rescale,
} from './norm';
export {
  cropImages,
  globalAverage,
  globalAverageBackward,
  globalMax,
  globalMaxBackward,
  padImages,
} from './image';
export { channelNormBackward, channelNormForward, channelNormSums } from './channel-norm';
export { channelStatistics, pixelSquares, pixelSums, sumPartials } from './pixel-sums';
export { pixelNormBackward, pixelNormForward, pixelNormSums } from './pixel-norm';
export { unitNormBackward, unitNormForward } from './unit-norm';
export { drawRotations, drawTranslations, drawZooms, sampleImages, sampleImagesBackward } from './augment';
export { convForward } from './conv/forward';
export { convPoolForward, poolStrip } from './conv/pooled-forward';
export { channelSums, convGradient, rotateFilters } from './conv/gradient';
export { convPoolGradient, cscOfFour } from './conv/pooled-gradient';
export { depthwiseForward, depthwiseGradient } from './conv/depthwise';
export { averagePoolBackward, averagePoolForward, maxPoolBackward, maxPoolForward } from './pool';
