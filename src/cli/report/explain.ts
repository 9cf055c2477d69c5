// What a bundle or card contains, printed (spec/cli.md, "inspect").
import type { ByteSource } from '../../format/source.js';
import { cardsIn } from '../../sync/import/given-files.js';
import type { Context } from '../command/context.js';
import { withSource } from '../commands/exchange/given-source.js';
import { type BundleDocument, summarizeBundle, summarizeCards } from './bundle-summary.js';
import { describeBundle, reportRefused } from './bundle-text.js';
import { describeInside, numberedIn } from './inspect-inside.js';

/** How to explain it. */
export interface ExplainOptions {
  /** To the last byte; whether all of it is right is said at the end. */
  readonly text: boolean;
  /** What the file is called, if not by its own name. */
  readonly name?: string;
  /** Further fields of the JSON document. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Explains a file; the exit status.
 * @throws SatchelError as `withSource`
 */
export async function explainFile(context: Context, file: string, options: ExplainOptions): Promise<number> {
  const { text, name = file, fields } = options;
  const found = await withSource(context, file, async ({ source, isSealed }) => {
    const cards = cardsIn(source);
    if (cards) return { ...summarizeCards(cards, source.size), sealed: isSealed };
    return { ...(await (text ? inspectFully(context, source) : summarizeBundle(source))), sealed: isSealed };
  });
  if (context.json) context.printJson({ ...found, ...fields });
  else {
    const inside = text && found.members.length > 0 ? [''] : [];
    const lines = [...inside, ...(await describeBundle(name, found, context.style, numberedIn(found)))];
    for (const line of [...lines, ...(text ? [] : describeInside(found))]) context.print(line);
  }
  return reportRefused(context, found);
}

async function inspectFully(context: Context, source: ByteSource): Promise<BundleDocument> {
  const [{ inspectBundle }, { itemLines }] = await Promise.all([import('./inspect.js'), import('./inspect-text.js')]);
  const show = itemLines({ style: context.style, columns: context.stdout.columns });
  return inspectBundle(source, (item) => {
    if (context.json) context.printJson(item);
    else for (const line of show(item)) context.print(line);
  });
}
