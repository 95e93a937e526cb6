// The update rules: the only place where their formulas stand. update.mjs and sparse.mjs make kernels of this
// table, and scripts/abi.mjs tells the host of codes, slots and scalars; src/network/optimizers.ts computes
// the scalars.
//
// A formula changes a weight `w` by its gradient `g`. It is a list of assignments, first to last: to a slot
// or to `w`, which are stored, or to another name. Before the first, g ← g + decay · w (L2) unless `decays`
// is false. Names mean new values once they are assigned, else what lies in memory. `scalars` stand in the
// control block in this order, `rate` being the learning rate; `constants` are made from them once.
// Functions: assembly/update.ts and simd.ts, f32x4 of AssemblyScript.
const MOMENTS = {
  m: 'mixed(m, g, beta1, rest1, threshold)',
  v: 'mixedSquare(v, g, beta2, rest2, threshold)',
};
const BETAS = ['rate', 'decay', 'beta1', 'rest1', 'beta2', 'rest2'];
const ADAM = [...BETAS, 'epsilon'];
const RMSPROP = {
  scalars: ['rate', 'decay', 'rho', 'rest', 'momentum', 'epsilon'],
  square: { v: 'mixedSquare(v, g, rho, rest, threshold)' },
  step: (square) => ({
    m: `flush(fma(momentum, m, f32x4.div(f32x4.mul(rate, g), f32x4.sqrt(f32x4.add(${square}, epsilon)))), threshold)`,
    w: 'f32x4.sub(w, m)',
  }),
};

/** Rules in the order of their codes. */
export const RULES = {
  /** w ← w − rate · g */
  sgd: {
    slots: [],
    scalars: ['rate', 'decay'],
    constants: { step: 'f32x4.neg(rate)' },
    formula: { w: 'fma(step, g, w)' },
  },

  /**
   * v ← momentum · v − rate · g, w ← (w + velocityFactor · v) − gradientFactor · g (Sutskever et al., 2013,
   * for Nesterov).
   */
  momentum: {
    slots: ['v'],
    scalars: ['rate', 'decay', 'momentum', 'velocityFactor', 'gradientFactor'],
    constants: { step: 'f32x4.neg(rate)', back: 'f32x4.neg(gradientFactor)' },
    formula: { v: 'mixed(v, g, momentum, step, threshold)', w: 'fma(back, g, fma(velocityFactor, v, w))' },
  },

  /**
   * m ← beta1 · m + rest1 · g, v ← beta2 · v + rest2 · g², w ← w − rate · m / (√v + epsilon), where rest is 1
   * − beta and rate = learningRate · √(1 − beta2^t) / (1 − beta1^t) (Kingma & Ba, 2015, section 2, the
   * "epsilon hat" form).
   */
  adam: {
    slots: ['m', 'v'],
    scalars: ADAM,
    formula: { ...MOMENTS, w: 'descended(w, m, v, rate, epsilon)' },
  },

  /** Adam with the largest v so far in the denominator (Reddi et al., 2018). */
  amsgrad: {
    slots: ['m', 'v', 'largest'],
    scalars: ADAM,
    formula: { ...MOMENTS, largest: 'clamp(v, largest)', w: 'descended(w, m, largest, rate, epsilon)' },
  },

  /**
   * u ← max(beta2 · u, |g|), w ← w − rate · m / (u + epsilon), rate = learningRate / (1 − beta1^t) (Kingma &
   * Ba, section 7.1).
   */
  adamax: {
    slots: ['m', 'u'],
    scalars: ADAM,
    formula: {
      m: MOMENTS.m,
      u: 'flush(clamp(f32x4.abs(g), f32x4.mul(beta2, u)), threshold)',
      w: 'f32x4.sub(w, f32x4.div(f32x4.mul(rate, m), f32x4.add(u, epsilon)))',
    },
  },

  /**
   * w ← w − rate · (ahead · m + now · g) / (√(correction · v) + epsilon), with ahead = u_(t+1) / (1 − Π u ·
   * u_(t+1)), now = (1 − u_t) / (1 − Π u), correction = 1 / (1 − beta2^t) (Dozat, 2016).
   */
  nadam: {
    slots: ['m', 'v'],
    scalars: [...ADAM, 'ahead', 'now', 'correction'],
    formula: {
      ...MOMENTS,
      mean: 'fma(ahead, m, f32x4.mul(now, g))',
      w: 'descended(w, mean, f32x4.mul(v, correction), rate, epsilon)',
    },
  },

  /**
   * v ← rho · v + rest · g², m ← momentum · m + rate · g / √(v + epsilon), w ← w − m (Tieleman & Hinton,
   * 2012).
   */
  rmsprop: {
    slots: ['v', 'm'],
    scalars: RMSPROP.scalars,
    formula: { ...RMSPROP.square, ...RMSPROP.step('v') },
  },

  /** rmsprop with v − a² in place of v, where a ← rho · a + rest · g (Graves, 2013). */
  centered: {
    slots: ['v', 'm', 'a'],
    scalars: RMSPROP.scalars,
    formula: {
      ...RMSPROP.square,
      a: 'mixed(a, g, rho, rest, threshold)',
      variance: 'f32x4.sub(v, f32x4.mul(a, a))',
      ...RMSPROP.step('variance'),
    },
  },

  /** a ← a + g², w ← w − rate · g / √(a + epsilon) (Duchi et al., 2011). */
  adagrad: {
    slots: ['a'],
    scalars: ['rate', 'decay', 'epsilon'],
    formula: {
      a: 'fma(g, g, a)',
      w: 'f32x4.sub(w, f32x4.div(f32x4.mul(rate, g), f32x4.sqrt(f32x4.add(a, epsilon))))',
    },
  },

  /**
   * v as rmsprop, d = √(u + epsilon) / √(v + epsilon) · g, u ← rho · u + rest · d², w ← w − rate · d (Zeiler,
   * 2012).
   */
  adadelta: {
    slots: ['v', 'u'],
    scalars: ['rate', 'decay', 'rho', 'rest', 'epsilon'],
    formula: {
      v: 'mixedSquare(v, g, rho, rest, threshold)',
      d: 'f32x4.mul(f32x4.div(f32x4.sqrt(f32x4.add(u, epsilon)), f32x4.sqrt(f32x4.add(v, epsilon))), g)',
      u: 'mixedSquare(u, d, rho, rest, threshold)',
      w: 'f32x4.sub(w, f32x4.mul(rate, d))',
    },
  },

  /** w ← w − rate · sign(beta1 · m + rest1 · g), m ← beta2 · m + rest2 · g (Chen et al., 2023). */
  lion: {
    slots: ['m'],
    scalars: BETAS,
    formula: {
      mean: 'fma(rest1, g, f32x4.mul(beta1, m))',
      m: 'mixed(m, g, beta2, rest2, threshold)',
      w: 'f32x4.sub(w, signed(rate, mean))',
    },
  },
};

/** sgd and momentum without decay and Nesterov: isClassical of assembly/update.ts tells when. */
export const PLAIN_SGD = { ...RULES.sgd, decays: false };
export const CLASSICAL = {
  ...RULES.momentum,
  constants: { step: RULES.momentum.constants.step },
  formula: { v: RULES.momentum.formula.v, w: 'f32x4.add(w, v)' },
  decays: false,
};
