// What a CBOR item can be (spec/README.md, "CBOR").

/** What a CBOR item can be here: no floats, no tags, no undefined. */
export type Cbor = number | bigint | string | boolean | null | Uint8Array | readonly Cbor[] | ReadonlyMap<number, Cbor>;
