// satchel config get, list, set: settings (spec/cli.md, "Settings").
import { writeSetting } from '../../command/config.js';
import type { Context } from '../../command/context.js';
import { formatSettingValue, parseSettingName, parseSettingValue } from '../../command/setting-value.js';
import { type Config, DEFAULT_CONFIG, SETTINGS, type SettingName } from '../../command/settings.js';
import type { Args } from '../../command/table/commands.js';
import { alignColumns } from '../../terminal/columns.js';

/** Prints its value; in JSON, sizes are bytes. */
export async function runGet(context: Context, args: Args<'config get'>): Promise<void> {
  const key = parseSettingName(args.key);
  await context.repository();
  const value = (await context.config())[key];
  if (context.json) context.printJson({ key, value });
  else context.print(formatSettingValue(key, value));
}

/** Prints name, value and meaning of each. */
export async function runList(context: Context): Promise<void> {
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

/** Sets it; `default` takes a change back. */
export async function runSet(context: Context, args: Args<'config set'>): Promise<void> {
  const key = parseSettingName(args.key);
  const value = args.value === 'default' ? undefined : parseSettingValue(key, args.value);
  const repository = await context.repository();
  repository.locked(() => writeSetting(repository.directory, key, value));
  const now = value ?? DEFAULT_CONFIG[key];
  if (context.json) context.printJson({ key, value: now });
  else context.print(`${key} is ${formatSettingValue(key, now)}`);
}
