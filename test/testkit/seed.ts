// Seeds of tests that try something else each time: printed, and taken from the environment to play it again.

/** The seed in the variable, else that of all tests in `SEEDS`, as in CI, else a new one. */
export function seedOf(variable: string): number {
  const given = process.env[variable] ?? process.env['SEEDS'];
  const seed = given === undefined ? Date.now() % 1_000_000 : Number(given);
  console.log(`${variable}=${seed}`);
  return seed;
}
