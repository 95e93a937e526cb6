/** Scores of predictions, as in sklearn.metrics. Re-exports only. */
export type { Average, LabelRows, Multioutput, ScoreOptions, WarningOption } from './scores/labels.js';
export { averagePrecisionScore } from './scores/average-precision.js';
export type { AveragePrecisionOptions } from './scores/average-precision.js';
export {
  accuracyScore,
  balancedAccuracyScore,
  cohenKappaScore,
  confusionMatrix,
  hammingLoss,
  matthewsCorrcoef,
} from './scores/classification.js';
export type { CohenKappaOptions, ConfusionMatrixOptions } from './scores/classification.js';
export { calibrationCurve, precisionRecallCurve, rocCurve } from './scores/curves.js';
export type {
  CalibrationCurve,
  CalibrationOptions,
  CurveOptions,
  PrecisionRecallCurve,
  RocCurve,
} from './scores/curves.js';
export { f1Score, fbetaScore, jaccardScore, precisionScore, recallScore } from './scores/precision.js';
export type { FbetaOptions, PrecisionRecallOptions } from './scores/precision.js';
export { brierScoreLoss, logLoss, topKAccuracyScore } from './scores/probabilities.js';
export type { BrierScoreOptions, LogLossOptions, TopKAccuracyOptions } from './scores/probabilities.js';
export {
  explainedVarianceScore,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanPoissonDeviance,
  meanSquaredError,
  medianAbsoluteError,
  r2Score,
  rootMeanSquaredError,
} from './scores/regression.js';
export type { RegressionScoreOptions, VarianceScoreOptions } from './scores/regression.js';
export { classificationReport } from './scores/report.js';
export type { ClassificationReportOptions, Report, ReportLine } from './scores/report.js';
export { rocAucScore } from './scores/roc-auc.js';
export type { RocAucOptions } from './scores/roc-auc.js';
