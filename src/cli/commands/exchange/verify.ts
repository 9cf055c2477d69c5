// satchel verify: whether a bundle is whole and authentic; no repository is needed, but for what is sealed (spec/cli.md, "Exchange").
import { cardsIn } from '../../../sync/import/given-files.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { type BundleDocument, summarizeBundle, summarizeCards } from '../../report/bundle-summary.js';
import { describeBundle, reportRefused } from '../../report/bundle-text.js';
import { escapeLine } from '../../terminal/escape.js';
import { withTransfer } from '../../terminal/transfer.js';
import { withSource } from './given-source.js';

/** Verifies it; 3 when the bundle is whole but something in it is not valid by itself. */
export async function run(context: Context, args: Args<'verify'>): Promise<number> {
  const found = await withTransfer(context, (transfer) =>
    withSource(context, args.file, ({ source, isSealed }): BundleDocument => {
      const cards = cardsIn(source);
      transfer.begin(`verifying ${escapeLine(args.file)}`, { bytes: source.size, passes: 1 });
      return { ...(cards ? summarizeCards(cards, source.size) : summarizeBundle(source)), sealed: isSealed };
    }),
  );
  if (context.json) context.printJson(found);
  else for (const line of await describeBundle(args.file, found, context.style)) context.print(line);
  return reportRefused(context, found);
}
