// As much of CDDL (RFC 8610) as spec/cddl.md uses: maps with integer keys, lists, ranges, sizes, choices, texts, names of rules.
import type { Cbor } from '../../src/format/cbor/cbor.js';

/** Whether an item is what a rule describes. */
type Matcher = (item: Cbor) => boolean;

/** How often an element of a list or map may be there. */
interface Count {
  readonly least: number;
  readonly most: number;
}

interface MapEntry extends Count {
  readonly key: Matcher;
  readonly value: Matcher;
}

/** The rules of a text. */
export class Cddl {
  readonly #rules = new Map<string, Matcher>();
  /** Rules that were asked. */
  readonly used = new Set<string>();

  constructor(text: string) {
    const words =
      text.replace(/;.*$/gm, '').match(/"[^"]*"|=>|\.\.|\.size|[{}[\](),/?*=]|-?\d+(?:\*\d+)?|[a-z][a-z-]*/g) ?? [];
    const parser = new Parser(words, (name) => this.#named(name));
    while (parser.isMore) {
      const name = parser.take();
      parser.expect('=');
      this.#rules.set(name, parser.type());
    }
  }

  get names(): string[] {
    return [...this.#rules.keys()];
  }

  matches(name: string, item: Cbor): boolean {
    return this.#named(name)(item);
  }

  #named(name: string): Matcher {
    return (item) => {
      if (name.startsWith('"')) return item === name.slice(1, -1);
      const rule = this.#rules.get(name) ?? PRELUDE[name];
      if (!rule) throw new Error(`no rule ${name}`);
      this.used.add(name);
      return rule(item);
    };
  }
}

const PRELUDE: Readonly<Record<string, Matcher>> = {
  any: () => true,
  true: (item) => item === true,
  tstr: (item) => typeof item === 'string',
  bstr: (item) => item instanceof Uint8Array,
};

class Parser {
  #at = 0;
  readonly #words: readonly string[];
  readonly #named: (name: string) => Matcher;

  constructor(words: readonly string[], named: (name: string) => Matcher) {
    this.#words = words;
    this.#named = named;
  }

  get isMore(): boolean {
    return this.#at < this.#words.length;
  }

  take(): string {
    return this.#words[this.#at++] ?? '';
  }

  expect(word: string): void {
    const found = this.take();
    if (found !== word) throw new Error(`"${found}" where "${word}" was expected`);
  }

  /** A type, or a choice of several. */
  type(): Matcher {
    const choices = [this.#one()];
    while (this.#is('/')) choices.push(this.#one());
    return (item) => choices.some((matches) => matches(item));
  }

  #one(): Matcher {
    const word = this.take();
    if (word === '{') return this.#map();
    if (word === '[') return this.#list();
    if (/^-?\d/.test(word)) return this.#range(Number(word));
    const named = this.#named(word);
    if (!this.#is('.size')) return named;
    const [least, most] = this.#sizes();
    return (item) => named(item) && least <= sizeOf(item) && sizeOf(item) <= most;
  }

  #sizes(): readonly [number, number] {
    if (!this.#is('(')) {
      const size = Number(this.take());
      return [size, size];
    }
    const least = Number(this.take());
    this.expect('..');
    const most = Number(this.take());
    this.expect(')');
    return [least, most];
  }

  #range(least: number): Matcher {
    const most = this.#is('..') ? Number(this.take()) : least;
    return (item) => typeof item === 'number' && least <= item && item <= most;
  }

  #map(): Matcher {
    const entries: MapEntry[] = [];
    while (!this.#is('}')) {
      const count = this.#count();
      const key = this.type();
      this.expect('=>');
      entries.push({ ...count, key, value: this.type() });
      this.#is(',');
    }
    return (item) => item instanceof Map && isMapOf(item as ReadonlyMap<number, Cbor>, entries);
  }

  #list(): Matcher {
    const items: (Count & { readonly value: Matcher })[] = [];
    while (!this.#is(']')) {
      items.push({ ...this.#count(), value: this.type() });
      this.#is(',');
    }
    const least = sum(items.map((one) => one.least));
    const most = sum(items.map((one) => one.most));
    const [only] = items;
    return (item) => {
      if (!Array.isArray(item) || item.length < least || item.length > most) return false;
      return item.every((one: Cbor, i) => (items.length === 1 ? only : items[i])?.value(one) === true);
    };
  }

  #count(): Count {
    if (this.#is('?')) return { least: 0, most: 1 };
    if (this.#is('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
    const [, least, most] = /^(\d+)\*(\d+)$/.exec(this.#words[this.#at] ?? '') ?? [];
    if (least === undefined) return { least: 1, most: 1 };
    this.#at++;
    return { least: Number(least), most: Number(most) };
  }

  #is(word: string): boolean {
    if (this.#words[this.#at] !== word) return false;
    this.#at++;
    return true;
  }
}

/** Each pair belongs to the first entry with such a key. */
function isMapOf(map: ReadonlyMap<number, Cbor>, entries: readonly MapEntry[]): boolean {
  const counts = entries.map(() => 0);
  for (const [key, value] of map) {
    const at = entries.findIndex((entry) => entry.key(key));
    if (!entries[at]?.value(value)) return false;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return entries.every(({ least, most }, i) => least <= (counts[i] ?? 0) && (counts[i] ?? 0) <= most);
}

function sizeOf(item: Cbor): number {
  return typeof item === 'string' ? Buffer.byteLength(item) : item instanceof Uint8Array ? item.length : Number.NaN;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
