// What a command declares about itself (spec/cli.md, "Commands"): parsing, help and completion all read it from here.

/** A named argument. `flag` takes no value; `list` may be given several times; `number` is a whole number >= 0. */
export interface Option {
  readonly kind: 'flag' | 'text' | 'number' | 'list';
  /** The one-letter form. */
  readonly short?: string;
  /** What help shows for the value, e.g. `FILE`; completion offers files for `FILE` and `DIR`. */
  readonly value?: string;
  /** The only values that are taken. */
  readonly choices?: readonly string[];
  readonly summary: string;
}

/** An argument known by its place: exactly `one`, an `optional` one, `some` (one or more) or `any` number. */
export interface Positional {
  readonly name: string;
  readonly arity: 'one' | 'optional' | 'some' | 'any';
  /** What help shows, e.g. `FILE`. */
  readonly value: string;
  readonly choices?: readonly string[];
  readonly summary: string;
}

/** A command line that works, and what it does. */
interface Example {
  readonly line: string;
  readonly does: string;
}

/** One command as declared in `table/`; its body is found by its name in `handlers.ts`. */
export interface Command {
  /** One word, or two for a member of a group: `contact add`. */
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  /** Further lines of help. */
  readonly about?: string;
  readonly positionals: readonly Positional[];
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly Example[];
}

/** Options by their names in the parsed arguments: `lock-timeout` becomes `lockTimeout`. */
type Camel<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;

interface OptionValue {
  readonly flag: boolean;
  readonly text: string | undefined;
  readonly number: number | undefined;
  readonly list: readonly string[];
}

interface PositionalValue {
  readonly one: string;
  readonly optional: string | undefined;
  readonly some: readonly string[];
  readonly any: readonly string[];
}

/** What the handler of a command declared as `C` receives. */
export type ArgsOf<C extends Command> = {
  readonly [K in keyof C['options'] & string as Camel<K>]: OptionValue[C['options'][K]['kind']];
} & {
  readonly [P in C['positionals'][number] as Camel<P['name']>]: PositionalValue[P['arity']];
};

/** The name of an option as a property. */
export function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
