/** Columns of numbers, shifted and scaled: scikit-learn's scalers. */
export { MinMaxScaler } from './scalers/min-max.js';
export type { MinMaxScalerParams } from './scalers/min-max.js';
export { RobustScaler } from './scalers/robust.js';
export type { RobustScalerParams } from './scalers/robust.js';
export { StandardScaler } from './scalers/standard.js';
export type { StandardScalerParams } from './scalers/standard.js';
