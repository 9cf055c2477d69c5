// The settings that were changed: `.satchel/refs/config.json` (spec/repository.md, "Settings").

import { unicodePattern } from '../../format/unicode-pattern.js';
import { layoutOf } from '../../repository/layout.js';
import { damagedState, readState, writeState } from '../../repository/state.js';
import {
  type ChangedSettings,
  type Config,
  DEFAULT_CONFIG,
  SETTINGS,
  type SettingKind,
  type SettingName,
  type SettingValue,
} from './settings.js';

const control = unicodePattern(String.raw`\p{Cc}`);

const TEXT_MAX = 4_096;

/**
 * Every setting of the repository in `directory`.
 * @throws SatchelError `damaged` when the file is malformed
 */
export function readConfig(directory: string): Config {
  return { ...DEFAULT_CONFIG, ...readChanged(directory) };
}

/** The settings that were changed. @throws SatchelError `damaged` when the file is malformed */
export function readChanged(directory: string): ChangedSettings {
  const layout = layoutOf(directory);
  const changed = readState(layout, 'config') ?? {};
  const wrong = Object.keys(SETTINGS).find((name) => !isRight(name as SettingName, changed[name]));
  if (wrong !== undefined) throw damagedState(layout, 'config', `has no such value for ${wrong}`);
  return changed as ChangedSettings;
}

/** Changes one setting, durably; undefined gives it its default again. Only under the repository's lock. */
export function writeSetting(directory: string, name: SettingName, value: SettingValue | undefined): void {
  const { [name]: _, ...others } = readChanged(directory);
  writeState(layoutOf(directory), 'config', value === undefined ? others : { ...others, [name]: value });
}

/** What may stand in the file; settings of later versions are kept as they are. */
const RIGHT: Readonly<Record<SettingKind, (value: unknown) => boolean>> = {
  flag: (value) => typeof value === 'boolean',
  number: (value) => isWhole(value) && value <= 999_999_999,
  size: isWhole,
  text: isText,
};

function isRight(name: SettingName, value: unknown): boolean {
  return value === undefined || RIGHT[SETTINGS[name].kind](value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What a setting that is a word may be. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= TEXT_MAX && !control().test(value);
}
