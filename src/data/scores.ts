/** Scores of predictions, as in sklearn.metrics. Re-exports only. */
export type { LabelRows } from './scores/labels.js';
export type { Average, Multioutput, ScoreOptions } from './scores/labels.js';
export { accuracyScore, balancedAccuracyScore, confusionMatrix } from './scores/classification.js';
export type { ConfusionMatrixOptions } from './scores/classification.js';
export { logLoss } from './scores/probabilities.js';
export type { LogLossOptions } from './scores/probabilities.js';
export { f1Score, precisionScore, recallScore } from './scores/classification.js';
export type { PrecisionRecallOptions } from './scores/classification.js';
export { meanAbsoluteError, meanSquaredError, r2Score } from './scores/regression.js';
export type { RegressionScoreOptions } from './scores/regression.js';
export { classificationReport } from './scores/report.js';
export type { ClassificationReportOptions, Report, ReportLine } from './scores/report.js';
export { rocAucScore } from './scores/roc-auc.js';
export type { RocAucOptions } from './scores/roc-auc.js';
