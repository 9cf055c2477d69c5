// How the drives named on a command line are to be visited (spec/cli.md, "sync").
import { SatchelError } from '../format/error.js';
import { parseCards } from '../identity/card-text.js';
import type { Contact } from '../identity/contacts.js';
import type { VisitOptions } from '../sync/drive/visit.js';
import { withSeenTopics } from '../sync/seen-topics.js';
import type { Session } from '../sync/session.js';
import { findTopic } from '../topic/topics.js';
import type { Context } from './context.js';
import { recipientOf } from './recipient.js';
import type { Config } from './settings.js';
import { parseSize } from './size.js';
import type { Args } from './table/commands.js';

/**
 * The options of each visit.
 * @throws SatchelError `usage`, `not-found`, `ambiguous`
 */
export async function visitOptions(
  context: Context,
  session: Session,
  config: Config,
  args: Args<'sync'>,
): Promise<VisitOptions> {
  if (args.importOnly && args.exportOnly) {
    throw new SatchelError('usage', '--import-only and --export-only leave nothing to do', {
      hint: 'give one of them',
    });
  }
  const topics = withSeenTopics(session);
  const [start, limit] = [context.world.now(), args.maxDuration];
  return {
    ...{ importOnly: args.importOnly, exportOnly: args.exportOnly, dryRun: args.dryRun },
    uncompressed: args.uncompressed || config['export.uncompressed'],
    maxBytes: args.maxSize === undefined ? undefined : sizeOf('--max-size', args.maxSize),
    ...(args.to.length > 0 && { to: args.to.map((name) => destination(recipientOf(context, session, name))) }),
    ...(args.topic.length > 0 && { topics: args.topic.map((name) => findTopic(topics, name).topic) }),
    silentDays: config['drive.silent'],
    isOver: limit === undefined ? undefined : () => Math.abs(context.world.now() - start) >= limit * 1_000,
    lockTimeoutMs: await context.lockTimeout(),
  };
}

function destination(contact: Contact): NonNullable<VisitOptions['to']>[number] {
  const [card] = parseCards(Buffer.from(contact.card));
  if (!card)
    throw new SatchelError('damaged', `there is no card of ${contact.petname}`, { hint: 'run "satchel check"' });
  return { recipient: contact, card };
}

function sizeOf(option: string, text: string): number {
  const size = parseSize(text);
  if (size !== undefined) return size;
  throw new SatchelError('usage', `${option} is "${text}", expected a size`, { hint: 'such as 500K, 8M or 1.5G' });
}
