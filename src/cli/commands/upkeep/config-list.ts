// satchel config list: all settings (spec/cli.md, "Settings").

import type { Context } from '../../command/context.js';
import { formatSettingValue } from '../../command/setting-value.js';
import { type Config, SETTINGS, type SettingName } from '../../command/settings.js';
import { alignColumns } from '../../terminal/columns.js';

/** Prints name, value and meaning of each. */
export async function run(context: Context): Promise<void> {
  await context.repository();
  const config = await context.config();
  if (context.json) return context.printJson(config);
  const rows = (Object.keys(SETTINGS) as SettingName[]).map((name) => row(name, config, context));
  for (const line of alignColumns(rows)) context.print(line);
}

function row(name: SettingName, config: Config, { style }: Context): string[] {
  const value = formatSettingValue(name, config[name]);
  const isChanged = config[name] !== SETTINGS[name].default;
  return [name, isChanged ? style.bold(value) : value, style.dim(SETTINGS[name].summary)];
}
