// The settings that were changed: `.satchel/config.json` (spec/repository.md, "Settings"). Where there is no such file,
// nothing is loaded to check it.
import { SatchelError } from '../../format/error.js';
import { readJson, writeJson } from '../../repository/files.js';
import { layoutOf } from '../../repository/layout.js';
import { type ChangedSettings, type Config, DEFAULT_CONFIG, type SettingName } from './settings.js';

/**
 * Every setting of the repository in `directory`.
 * @throws SatchelError `damaged` when the file is malformed
 */
export async function readConfig(directory: string): Promise<Config> {
  return { ...DEFAULT_CONFIG, ...(await readChanged(directory)) };
}

/** The settings that were changed. @throws SatchelError `damaged` when the file is malformed */
export async function readChanged(directory: string): Promise<ChangedSettings> {
  const file = layoutOf(directory).config;
  const value = readJson(file);
  if (value === undefined) return {};
  const { parseChanged } = await import('./config-schema.js');
  const parsed = parseChanged(value);
  if ('settings' in parsed) return parsed.settings;
  throw new SatchelError('damaged', `${file}: ${parsed.problem}`, {
    hint: 'correct it with an editor, or remove it: then every setting has its default',
  });
}

/** Changes one setting, durably; undefined gives it its default again. Only under the repository's lock. */
export async function writeSetting(
  directory: string,
  name: SettingName,
  value: boolean | number | undefined,
): Promise<void> {
  const { [name]: _, ...others } = await readChanged(directory);
  writeJson(layoutOf(directory).config, value === undefined ? others : { ...others, [name]: value });
}
