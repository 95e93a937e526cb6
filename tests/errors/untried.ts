/**
 * Calls of the public API that the table of calls does not have yet: no wrong values are put into them here.
 * To be emptied; a call that the table has must not be listed.
 */
export const UNTRIED: readonly string[] = [];
