// Every setting of a repository (spec/cli.md, "Settings"): `config` lists them from here, `refs/config.json` holds the changed
// ones by the same names.
import { USUAL_CREDENTIALS } from '../../sync/store/credentials.js';
import { DEFAULT_QUOTAS, type Quotas } from '../../topic/quota.js';

/** `flag` is true or false, `number` a whole number, `size` a number of bytes, `text` a word as it was typed. */
export type SettingKind = 'flag' | 'number' | 'size' | 'text';

/** What a setting may be. */
export type SettingValue = boolean | number | string;

/** One setting. */
export interface Setting {
  readonly kind: SettingKind;
  readonly default: SettingValue;
  readonly summary: string;
}

const flag = (value: boolean, summary: string) => ({ kind: 'flag', default: value, summary }) as const;
const number = (value: number, summary: string) => ({ kind: 'number', default: value, summary }) as const;
const size = (value: number, summary: string) => ({ kind: 'size', default: value, summary }) as const;
const text = (value: string, summary: string) => ({ kind: 'text', default: value, summary }) as const;

/** All settings by name. */
export const SETTINGS = {
  'clock.warn': flag(true, 'warn once a day of a clock that can not be right'),
  'drive.credentials': text(USUAL_CREDENTIALS, 'file with the passwords of places at a URL, or env:NAME of a variable'),
  'drive.max-fetch': size(268_435_456, 'fetched from one drive at a URL in one visit'),
  'drive.silent': number(180, 'days without a word after which a person is not waited for on drives; 0: never'),
  'export.uncompressed': flag(false, 'write bundles that a guard can scan, as --uncompressed does'),
  'gc.auto': flag(true, 'tidy up when many small pieces have gathered'),
  'hooks.timeout': number(60, 'seconds after which a hook is ended'),
  'live.channel': text('none', 'URL of the broker of "satchel live"'),
  'lock-timeout': number(10, 'seconds to wait for another command, unless --lock-timeout says otherwise'),
  'post.editor': flag(false, 'write messages in the editor that VISUAL or EDITOR names, as -e does'),
  'quota.stranger': size(DEFAULT_QUOTAS.stranger, 'taken of one stranger in one topic'),
  'quota.strangers': size(DEFAULT_QUOTAS.strangers, 'taken of all strangers together in one topic'),
  'quota.carry': size(DEFAULT_QUOTAS.carry, 'taken of all that is carried for others'),
  'quota.veiled': size(DEFAULT_QUOTAS.veiled, 'taken of private topics of others, which nobody here can read'),
  'recipient.days': number(
    90,
    'days after which others are given a new key to seal to; 0: only when a device was removed',
  ),
  'recipient.keep': number(400, 'days for which a replaced key is kept, so that late files open; 0: for ever'),
  seal: flag(false, 'seal what is written, so that only your contacts can read it'),
} as const satisfies Readonly<Record<string, Setting>>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

interface ValueOf {
  readonly flag: boolean;
  readonly number: number;
  readonly size: number;
  readonly text: string;
}

/** The value of every setting. */
export type Config = { readonly [K in SettingName]: ValueOf[(typeof SETTINGS)[K]['kind']] };

/** What `config.json` holds: settings that were changed, and whatever later versions know. */
export type ChangedSettings = Partial<Config> & Readonly<Record<string, unknown>>;

/** What holds where nothing was set. */
export const DEFAULT_CONFIG = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, setting]) => [name, setting.default]),
) as Config;

/** How much of others is taken in. */
export function quotasOf(config: Config): Quotas {
  return {
    stranger: config['quota.stranger'],
    strangers: config['quota.strangers'],
    carry: config['quota.carry'],
    veiled: config['quota.veiled'],
  };
}
