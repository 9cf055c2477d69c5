// satchel config get: one setting (spec/cli.md, "Settings").
import type { Context } from '../../command/context.js';
import { formatSettingValue, parseSettingName } from '../../command/setting-value.js';
import type { Args } from '../../command/table/commands.js';

/** Prints its value; in JSON, sizes are bytes. */
export async function run(context: Context, args: Args<'config get'>): Promise<void> {
  const key = parseSettingName(args.key);
  await context.repository();
  const value = (await context.config())[key];
  if (context.json) context.printJson({ key, value });
  else context.print(formatSettingValue(key, value));
}
