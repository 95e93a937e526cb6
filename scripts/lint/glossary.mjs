/**
 * Words that names and comments avoid, and what to say instead: one word for each concept, the usual one in
 * the field. An entry applies to names that are one of `is`, contain one of the words `word` (in camel case
 * or with underscores) or match `name`; with `files`, only in those files, because the word has other
 * meanings elsewhere.
 */

const KERNELS = /^(assembly|scripts\/kernels|src\/(network|layers))\//;
const ROWS = /^(assembly|src\/(network|layers|train\/(?!callbacks)))\//;

/** Words to avoid in declared names: variables, functions, parameters, classes, types and their members. */
export const NAMES = [
  { word: ['staff', 'crew'], instead: 'pool (of workers), ArenaThreads (of one arena)' },
  { is: ['Team'], instead: 'ThreadTeam' },
  { word: ['pace'], instead: 'tuner (of threads)' },
  { is: ['Look'], instead: 'what is looked at: Comparison, FiniteCheck' },
  { is: ['Meeting'], instead: 'Barrier' },
  { word: ['sharing', 'sharings'], instead: 'partition' },
  { name: /^(MOST|LEAST)(_|$)|^(most|least)([A-Z]|$)/, instead: 'max or min' },
  { name: /^([A-Z\d]+_)*(FEW|MANY|BEYOND)(_|$)/, instead: 'what it bounds: …_THRESHOLD, PADDING' },
  { word: ['list', 'lists', 'listed'], files: ROWS, instead: 'csr (of rows) or csc (of columns)' },
  { name: /^active[A-Z]|^(isActive|seeks)$/, files: KERNELS, instead: 'adaptive, for what goes by density' },
  { is: ['below'], files: KERNELS, instead: 'needsInputGradient (a boolean), inputGradient (a matrix)' },
  { name: /^[tT]urned|^turn[A-Z]/, files: KERNELS, instead: 'rotated (by 180°) or transposed' },
  { is: ['taken', 'takesPooling', 'takesSlope'], files: KERNELS, instead: 'fuses…, fusedIntoPrevious' },
  { is: ['takesLists'], instead: 'acceptsCsr' },
  { is: ['takesLabels'], instead: 'usesLabels' },
  { is: ['Place', 'Placed'], files: KERNELS, instead: 'LayerContext, PlannedLayer' },
  { is: ['kept'], files: /^assembly\//, instead: 'splatOnce' },
  { is: ['keptBytes', 'keptWithin'], instead: 'copyBytes, copyWithin' },
  { is: ['KeptTrainer'], instead: 'TrainerCache' },
  { word: ['gatherable'], instead: 'kernel rows' },
  { name: /^(SWEEP_|Sweep$)|\wSweep$/, files: KERNELS, instead: '…Update, for what updates weights' },
  { is: ['Trained', 'Trainable', 'Trainee', 'Layered', 'Predicting'], instead: 'a noun: FittedEstimator' },
  { word: ['neuron', 'neurons'], instead: 'units' },
  { word: ['acts'], instead: 'activations' },
  { is: ['lr', 'eta'], instead: 'learningRate' },
  { word: ['ptr'], instead: 'offset' },
  { is: ['op', 'ops'], instead: 'kernel' },
];

/** Words to avoid in comments. */
export const COMMENTS = [
  { text: /\bwhole numbers?\b/gi, instead: 'integer' },
  { text: /\b(staff|crew)\b/gi, instead: 'pool, threads' },
  { text: /\bneurons?\b/gi, instead: 'units' },
  { text: /\b(nobody|somebody|whoever)\b/gi, instead: 'who it is, or use the passive' },
  { text: /\bforetell\w*\b/gi, instead: 'predict' },
  { text: /\breckon(ed|s)?\b/gi, instead: 'compute' },
  { text: /\b(has|have) come to\b/gi, instead: 'result, state' },
  { text: /\b(tells?|told) of\b/gi, instead: 'report' },
  { text: /\bsuch of\b/gi, instead: 'of' },
  { text: /\bput up with\b/gi, instead: 'tolerate' },
  { text: /\bslip of the pen\b/gi, instead: 'typo' },
];
