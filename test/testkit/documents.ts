// What the program says in JSON.

/** The documents of an output, one a line. */
export function documents<T = Record<string, unknown>>(stdout: string): T[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}
