// Colours (spec/cli.md, "Colours"): few, for orientation only; nothing is told by colour alone.

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

/** Functions that colour text, or return it as it is. */
export type Style = Readonly<Record<keyof typeof CODES, (text: string) => string>>;

/** The colours of lanes and names, in turn. */
export const HUES = ['cyan', 'green', 'magenta', 'yellow', 'blue'] as const satisfies readonly (keyof Style)[];

/** The style for an output, by `--no-color`, NO_COLOR, FORCE_COLOR and whether it is a terminal, in this order. */
export function chooseStyle(
  isTerminal: boolean,
  options: { readonly env: NodeJS.ProcessEnv; readonly noColor: boolean },
): Style {
  return wantsColour(isTerminal, options.noColor, options.env) ? COLOURED : PLAIN;
}

function wantsColour(isTerminal: boolean, noColor: boolean, env: NodeJS.ProcessEnv): boolean {
  if (noColor || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

/** Text as it is. */
export const PLAIN: Style = makeStyle((_name) => (text) => text);

/** Text with ANSI colours. */
export const COLOURED: Style = makeStyle((name) => {
  const [on, off] = CODES[name];
  return (text) => (text === '' ? '' : `\x1b[${on}m${text}\x1b[${off}m`);
});

function makeStyle(make: (name: keyof typeof CODES) => (text: string) => string): Style {
  const names = Object.keys(CODES) as (keyof typeof CODES)[];
  return Object.fromEntries(names.map((name) => [name, make(name)])) as unknown as Style;
}
