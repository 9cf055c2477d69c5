// satchel config set: changes a setting (spec/cli.md, "Settings").
import { writeSetting } from '../../command/config.js';
import type { Context } from '../../command/context.js';
import { formatSettingValue, parseSettingName, parseSettingValue } from '../../command/setting-value.js';
import { DEFAULT_CONFIG } from '../../command/settings.js';
import type { Args } from '../../command/table/commands.js';

/** Sets it; `default` takes a change back. */
export async function run(context: Context, args: Args<'config set'>): Promise<void> {
  const key = parseSettingName(args.key);
  const value = args.value === 'default' ? undefined : parseSettingValue(key, args.value);
  const repository = await context.repository();
  repository.locked(() => writeSetting(repository.directory, key, value));
  const now = value ?? DEFAULT_CONFIG[key];
  if (context.json) context.printJson({ key, value: now });
  else context.print(`${key} is ${formatSettingValue(key, now)}`);
}
