/**
 * Types of the runtime that the declarations name. They come from `dom`, `webworker` or `@types/node`; a
 * program that has none of these still compiles, as interfaces of one name are merged.
 */
/* eslint-disable @typescript-eslint/no-empty-object-type, @typescript-eslint/no-namespace */
declare global {
  interface AbortSignal {}
  interface URL {}
  namespace WebAssembly {
    interface Module {}
    interface Memory {}
  }
}

export {};
