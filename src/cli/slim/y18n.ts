// Takes the place of yargs' translations in the built program: messages are English, and no file beside the program,
// which may lie on somebody's stick, is read for them.
import { format } from 'node:util';

interface Catalogue {
  __(text: string, ...values: readonly unknown[]): string;
  __n(one: string, many: string, count: number, ...values: readonly unknown[]): string;
  getLocale(): string;
  setLocale(): void;
  updateLocale(): void;
}

/** Messages as written in yargs' source. */
export default function y18n(): Catalogue {
  return {
    __: (text, ...values) => format(text, ...values),
    __n: (one, many, count, ...values) =>
      format(count === 1 ? one : many, ...(one.includes('%d') ? [count] : []), ...values),
    getLocale: () => 'en',
    setLocale: () => {},
    updateLocale: () => {},
  };
}
