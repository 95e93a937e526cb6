import { Gunzip, Inflate } from 'fflate';

/**
 * fflate, when it is first needed: it computes its tables when it is evaluated, a third of the time of an
 * import. scripts/bundle.mjs wraps the package so that this is here and not at the top of the bundle.
 */
export const fflate = (): { readonly Gunzip: typeof Gunzip; readonly Inflate: typeof Inflate } => ({
  Gunzip,
  Inflate,
});
