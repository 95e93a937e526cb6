// Types of the fields of records: 32-bit words that the host writes once, when a network is planned. A record
// is an `@unmanaged` class with @abi; scripts/abi.mjs hands its fields to the host by name.

/** An offset in the arena, or a distance in it. */
export type Bytes = usize;

/** How many there are of something: pixels, filters, lines. */
export type Count = usize;
