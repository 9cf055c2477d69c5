// Settings as users write and read them (spec/cli.md, "Settings").
import { SatchelError } from '../../format/error.js';
import { nearest } from '../../topic/nearest.js';
import { formatSize, parseSize } from '../terminal/size.js';
import { isText } from './config.js';
import { SETTINGS, type Setting, type SettingName, type SettingValue } from './settings.js';

/** @throws SatchelError `usage` with the known names when there is no such setting */
export function parseSettingName(text: string): SettingName {
  if (Object.hasOwn(SETTINGS, text)) return text as SettingName;
  const names = Object.keys(SETTINGS);
  const near = nearest(text, names);
  const known = `settings are: ${names.join(', ')}`;
  throw new SatchelError('usage', `there is no setting "${text}"`, {
    hint: near ? `did you mean ${near}? ${known}` : known,
  });
}

/** The value that was typed for a setting. @throws SatchelError `usage` when it is none */
export function parseSettingValue(name: SettingName, text: string): SettingValue {
  const { kind } = SETTINGS[name];
  const value = PARSERS[kind](kind === 'text' ? text : text.trim().toLowerCase());
  if (value !== undefined) return value;
  throw new SatchelError('usage', `${name} is ${EXPECTED[kind]}, found "${text}"`, {
    hint: `"satchel config set ${name} default" takes a change back`,
  });
}

/** The value as it can be typed again. */
export function formatSettingValue(name: SettingName, value: SettingValue): string {
  if (SETTINGS[name].kind !== 'size') return String(value);
  const shown = formatSize(Number(value));
  return parseSize(shown) === value ? shown : String(value);
}

type Kind = Setting['kind'];

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  false: false,
  off: false,
  no: false,
};

const PARSERS: Readonly<Record<Kind, (text: string) => SettingValue | undefined>> = {
  flag: (text) => (Object.hasOwn(FLAGS, text) ? FLAGS[text] : undefined),
  number: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
  size: parseSize,
  text: (text) => (isText(text) ? text : undefined),
};

const EXPECTED: Readonly<Record<Kind, string>> = {
  flag: 'true or false',
  number: 'a whole number',
  size: 'a size such as 8M or 1.5G',
  text: 'one line',
};
