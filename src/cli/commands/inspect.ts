// satchel inspect: what a bundle or card contains; no repository is needed (spec/cli.md, "Exchange").
import { prepareSignatures } from '../../format/signature.js';
import type { ByteSource } from '../../format/source.js';
import { cardsIn } from '../../sync/given-files.js';
import { type BundleDocument, summarizeBundle, summarizeCards } from '../bundle-summary.js';
import { describeBundle, describeInside, reportRefused } from '../bundle-text.js';
import type { Context } from '../context.js';
import { withSource } from '../given-source.js';
import type { Args } from '../table/commands.js';

/** Explains it; with `--text` to the last byte, and says only at the end whether all of it is right. */
export async function run(context: Context, args: Args<'inspect'>): Promise<number> {
  await prepareSignatures();
  const found = await withSource(args.file, async (source) => {
    const cards = cardsIn(source);
    if (cards) return summarizeCards(cards, source.size);
    return args.text ? inspectFully(context, source) : summarizeBundle(source);
  });
  if (context.json) context.printJson(found);
  else {
    const inside = args.text && found.members.length > 0 ? [''] : [];
    const lines = [...inside, ...(await describeBundle(args.file, found, context.style))];
    for (const line of [...lines, ...(args.text ? [] : describeInside(found))]) context.print(line);
  }
  return reportRefused(context, found);
}

async function inspectFully(context: Context, source: ByteSource): Promise<BundleDocument> {
  const [{ inspectBundle }, { itemLines }] = await Promise.all([import('../inspect.js'), import('../inspect-text.js')]);
  const show = itemLines(context.style);
  return inspectBundle(source, (item) => {
    if (context.json) context.printJson(item);
    else for (const line of show(item)) context.print(line);
  });
}
