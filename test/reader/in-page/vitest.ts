// In the place of vitest in a page: tests are gathered, and run one after the other; each says what it compared. As much of it
// as the vectors' tests use; whatever else they ask for is not there, and fails.

interface Test {
  readonly name: string;
  readonly body: () => unknown;
}

/** What a test found to be wrong. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** What came of all tests. */
export interface Outcome {
  readonly passed: number;
  /** Comparisons that were made. */
  readonly compared: number;
  readonly failures: readonly Failure[];
  /** What took long, with how long. */
  readonly slow: readonly string[];
}

/** Tests of what makes the vectors. */
const OF_THE_TESTKIT = 'the fixture';
const SLOW_MS = 500;
const slow: string[] = [];
const tests: Test[] = [];
const names: string[] = [];
let compared = 0;

/** Notes a test. */
export const test = Object.assign(
  (name: string, body: () => unknown): void => {
    if (names[0] !== OF_THE_TESTKIT) tests.push({ name: [...names, name].join(' > '), body });
  },
  {
    /** Of each vector. What has only a name is not one: there bits are flipped, one after the other, which takes minutes here. */
    each:
      <T>(cases: readonly T[]) =>
      (name: string, body: (value: T) => unknown): void => {
        for (const each of cases) if (typeof each === 'object') test(name, () => body(each));
      },
  },
);

/** Notes the tests of a part. */
export const describe = Object.assign(
  (name: string, body: () => unknown): void => {
    names.push(name);
    body();
    names.pop();
  },
  {
    /** Of the first alone: the others read the same vectors in other ways. */
    each:
      ([first]: readonly (readonly unknown[])[]) =>
      (name: string, body: (...values: unknown[]) => unknown): void =>
        describe(name, () => body(...(first ?? []))),
  },
);

/** Runs all that was noted. */
export async function runTests(): Promise<Outcome> {
  const failures: Failure[] = [];
  for (const { name, body } of tests) {
    const began = performance.now();
    try {
      await body();
      const took = performance.now() - began;
      if (took > SLOW_MS) slow.push(`${name}: ${Math.round(took)} ms`);
    } catch (error) {
      failures.push({ name, message: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
    }
  }
  return { passed: tests.length - failures.length, compared, failures, slow };
}

class Part {
  constructor(readonly fields: object) {}
}

/** What a value has to be. */
export const expect = Object.assign((value: unknown, about = ''): Expectation => new Expectation(value, about), {
  objectContaining: (fields: object) => new Part(fields),
});

class Expectation {
  readonly #value: unknown;
  readonly #about: string;
  readonly #wanted: boolean;

  constructor(value: unknown, about: string, wanted = true) {
    this.#value = value;
    this.#about = about;
    this.#wanted = wanted;
  }

  get not(): Expectation {
    return new Expectation(this.#value, this.#about, !this.#wanted);
  }

  toBe(other: unknown): void {
    this.#hold(Object.is(this.#value, other), 'to be', other);
  }

  toEqual(other: unknown): void {
    this.#hold(isEqual(this.#value, other), 'to equal', other);
  }

  toMatchObject(other: object): void {
    this.#hold(hasFields(this.#value, other), 'to have the fields', other);
  }

  toBeUndefined(): void {
    this.#hold(this.#value === undefined, 'to be', undefined);
  }

  toBeGreaterThan(other: number): void {
    this.#hold(Number(this.#value) > other, 'to be greater than', other);
  }

  toBeGreaterThanOrEqual(other: number): void {
    this.#hold(Number(this.#value) >= other, 'to be at least', other);
  }

  toBeLessThan(other: number): void {
    this.#hold(Number(this.#value) < other, 'to be less than', other);
  }

  toBeLessThanOrEqual(other: number): void {
    this.#hold(Number(this.#value) <= other, 'to be at most', other);
  }

  toContain(other: unknown): void {
    this.#hold((this.#value as { includes(other: unknown): boolean }).includes(other), 'to contain', other);
  }

  toContainEqual(other: unknown): void {
    this.#hold(
      (this.#value as readonly unknown[]).some((each) => isEqual(each, other)),
      'to contain',
      other,
    );
  }

  toMatch(pattern: RegExp | string): void {
    const text = String(this.#value);
    this.#hold(typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text), 'to match', pattern);
  }

  toThrow(wanted?: unknown): void {
    try {
      (this.#value as () => unknown)();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (wanted instanceof Part) this.#hold(hasFields(error, wanted.fields), 'to throw', wanted.fields);
      else if (typeof wanted === 'function') this.#hold(error instanceof wanted, 'to throw', wanted.name);
      else if (wanted instanceof RegExp) this.#hold(wanted.test(message), 'to throw', wanted);
      else if (typeof wanted === 'string') this.#hold(message.includes(wanted), 'to throw', wanted);
      else if (wanted === undefined) this.#hold(true, 'to throw', '');
      else throw new Error('a page knows no such expectation of an error');
      return;
    }
    this.#hold(false, 'to throw', wanted);
  }

  #hold(holds: boolean, relation: string, other: unknown): void {
    compared++;
    if (holds === this.#wanted) return;
    const not = this.#wanted ? '' : 'not ';
    throw new Error(`${this.#about} expected ${shown(this.#value)} ${not}${relation} ${shown(other)}`);
  }
}

function shown(value: unknown): string {
  const text = value instanceof Uint8Array ? `bytes ${[...value]}` : (JSON.stringify(value, plain) ?? String(value));
  return text.slice(0, 300);
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

/** Fields that are there without a value count as absent, as vitest has it. */
function isEqual(a: unknown, b: unknown): boolean {
  if (b instanceof Part) return hasFields(a, b.fields);
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array) return isSameBytes(a, b);
  if (a instanceof Map || a instanceof Set) return hasSame(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isEqual((a as Fields)[key], (b as Fields)[key]));
}

type Fields = Record<string, unknown>;

function isSameBytes(a: object, b: object): boolean {
  if (!(a instanceof Uint8Array && b instanceof Uint8Array) || a.length !== b.length) return false;
  return a.every((byte, i) => byte === b[i]);
}

function hasSame(a: Iterable<unknown>, b: object): boolean {
  if (a.constructor !== b.constructor) return false;
  const others = [...(b as Iterable<unknown>)];
  const own = [...a];
  return own.length === others.length && own.every((each) => others.some((other) => isEqual(each, other)));
}

function hasFields(value: unknown, fields: object): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(fields).every(([key, wanted]) => {
    const found = (value as Fields)[key];
    const isPart = typeof wanted === 'object' && wanted !== null && wanted.constructor === Object;
    return isPart ? hasFields(found, wanted) : isEqual(found, wanted);
  });
}

/** The page is closed when the tests are over. */
export function onTestFinished(): void {}
