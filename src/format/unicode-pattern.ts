// Patterns with classes of Unicode (`\p`). Node checks a literal whenever it reads the file that it stands in, be it used or not, and
// looks up every character there is for that: all of them together took two milliseconds of each start.

/** The pattern in Unicode mode, compiled when it is first asked for. */
export function unicodePattern(source: string, flags = ''): () => RegExp {
  let made: RegExp | undefined;
  return () => {
    made ??= new RegExp(source, `u${flags}`);
    return made;
  };
}
