// How the drives named on a command line are to be visited (spec/cli.md, "sync").
import { SatchelError } from '../../../format/error.js';
import { parseCards } from '../../../identity/card-text.js';
import type { Contact } from '../../../identity/contacts.js';
import { REPEAT_DEFAULT, type Repeat } from '../../../sync/drive/one-way.js';
import type { VisitOptions } from '../../../sync/drive/visit-options.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import type { Session } from '../../../sync/session.js';
import { findTopic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Config } from '../../command/settings.js';
import type { Args } from '../../command/table/commands.js';
import { parseSize, sizeOf } from '../../terminal/size.js';
import { parseSpan } from '../../terminal/span.js';
import { recipientOf } from '../exchange/recipient.js';
import { isSealing } from '../exchange/sealing.js';

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
  const oneWay = repeatOf(args);
  const isSealed = await isSealing(context, args);
  const topics = withSeenTopics(session);
  const start = context.world.now();
  const limit = args.maxDuration;
  return {
    importOnly: args.importOnly,
    exportOnly: args.exportOnly,
    dryRun: args.dryRun,
    ifApproved: args.ifApproved,
    seal: args.seal ? 'always' : isSealed ? 'unless-open' : 'never',
    saysOpen: args.open,
    uncompressed: args.uncompressed || config['export.uncompressed'],
    maxBytes: args.maxSize === undefined ? undefined : sizeOf('--max-size', args.maxSize),
    ...(args.to.length > 0 && { to: args.to.map((name) => destination(recipientOf(context, session, name))) }),
    ...(args.topic.length > 0 && { topics: args.topic.map((name) => findTopic(topics, name).topic) }),
    oneWay,
    silentDays: config['drive.silent'],
    isOver: limit === undefined ? undefined : () => Math.abs(context.world.now() - start) >= limit * 1_000,
    lockTimeoutMs: await context.lockTimeout(),
  };
}

/**
 * What is repeated to a destination that never answers; undefined for others.
 * @throws SatchelError `usage`
 */
function repeatOf({ oneWay, repeatLast, importOnly }: Args<'sync'>): Repeat | undefined {
  if (!oneWay && repeatLast === undefined) return undefined;
  if (!oneWay) throw new SatchelError('usage', '--repeat-last is for --one-way', { hint: 'give --one-way too' });
  if (importOnly) {
    throw new SatchelError('usage', '--one-way only writes, and --import-only only reads', {
      hint: 'the far side of a one-way link runs "satchel sync --import-only"',
    });
  }
  return repeatLast === undefined ? REPEAT_DEFAULT : parseRepeat(repeatLast);
}

/** A span of hours, days or weeks, or a size; `200m` could be both, and is neither. */
function parseRepeat(text: string): Repeat {
  const ageMs = parseSpan(text);
  if (ageMs !== undefined) return { ageMs };
  const bytes = /^\d+m$/.test(text) ? undefined : parseSize(text);
  if (bytes !== undefined) return { bytes };
  throw new SatchelError('usage', `--repeat-last is "${text}", expected a time or a size`, {
    hint: 'such as 12h, 7d or 2w, or 200MB',
  });
}

function destination(contact: Contact): NonNullable<VisitOptions['to']>[number] {
  const [card] = parseCards(Buffer.from(contact.card));
  if (!card)
    throw new SatchelError('damaged', `there is no card of ${contact.petname}`, { hint: 'run "satchel check"' });
  return { recipient: contact, card };
}

/** @throws SatchelError `usage` */
export function spanOf(option: string, text: string): number {
  const span = parseSpan(text);
  if (span !== undefined) return span;
  throw new SatchelError('usage', `${option} is "${text}", expected a span of time`, { hint: 'such as 12h, 2d or 1w' });
}
