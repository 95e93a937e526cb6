// The ABI of the variant `wide`: that of index.ts, and its own micro-kernels, which must be exported like the
// others.
export * from './index';
export * from './generated/wide';
