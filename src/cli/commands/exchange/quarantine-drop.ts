// satchel quarantine drop: deletes files in quarantine (spec/cli.md, "quarantine").
import { shortId } from '../../../format/ids.js';
import { dropQuarantined, findQuarantined } from '../../../repository/store/quarantine.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { quarantinedName } from '../../report/quarantine-words.js';
import { escapeLine } from '../../terminal/escape.js';

/** Deletes all of them, or none when one is not found. */
export async function run(context: Context, args: Args<'quarantine drop'>): Promise<void> {
  const repository = await context.repository();
  const { layout } = repository;
  const found = [
    ...new Map(args.ids.map((id) => findQuarantined(layout, id)).map((one) => [one.digest, one])).values(),
  ];
  repository.locked(() => {
    for (const { digest } of found) dropQuarantined(layout, digest);
  });
  if (context.json) return context.printJson({ dropped: found.map(({ digest }) => digest) });
  for (const one of found) context.print(`deleted ${shortId(one.digest)}: ${escapeLine(quarantinedName(one))}`);
}
