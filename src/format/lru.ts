// A bounded memory of what was expensive to make, in a plain Map: what was not asked for longest goes first.

/** The value kept under that name, or a new one from `make`; never more than `limit` are kept. */
export function recall<T>(cache: Map<string, T>, name: string, limit: number, make: () => T): T {
  const value = cache.get(name) ?? make();
  // A Map iterates in the order of insertion, so a name that is put back last is the most recent.
  cache.delete(name);
  cache.set(name, value);
  if (cache.size > limit) forgetOldest(cache);
  return value;
}

function forgetOldest<T>(cache: Map<string, T>): void {
  for (const name of cache.keys()) {
    cache.delete(name);
    return;
  }
}
