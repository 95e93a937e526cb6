/**
 * Throws the reason of a signal that is aborted. By its members alone: polyfills and signals of other libraries have no
 * `throwIfAborted`, and some no `reason`.
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

/** The reason of an aborted signal; an AbortError where it has none. */
export function abortReason(signal: AbortSignal): unknown {
  return (signal.reason as unknown) ?? new DOMException('This operation was aborted', 'AbortError');
}
