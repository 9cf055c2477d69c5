// What a member tells the others of itself: what it lacks, and what it has for who lacks something (spec/epochs.md, "Control entries").
import type { TopicId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import { controlDraft } from '../private/log-sealing.js';
import { whyNotWriting } from '../private/may-write.js';
import {
  epochsWanted,
  isAnsweredInVain,
  isNothing,
  isSameNeed,
  needOf,
  sharesAnswering,
  statementsAnswering,
  statementsToRepeat,
} from '../private/needs.js';
import { newStatement, packed } from '../private/statement-drafts.js';
import type { PlacedNeed } from '../private/told.js';
import { forgetView } from '../private/topic-view.js';
import type { Author } from './author-type.js';
import { type Draft, postLocked } from './post.js';
import { beginsUnder, openSharing, type Sharing, share, withLetters } from './share-keys.js';

/**
 * Tells what is lacking here when that has changed, answers what others lack, repeats statements that may get lost, and merges
 * the heads of who floods; durable when it returns. Only under the repository's lock.
 * @throws SatchelError as `post`
 */
export async function tellAndAnswer(repository: Repository, author: Author, topic: TopicId): Promise<Author> {
  const sharing = await openSharing(repository, author, topic);
  if (!sharing || whyNotWriting(sharing.view, author.self.person)) return author;
  const { view, around, keyring } = sharing;
  const asked = view.needs.filter(({ device }) => device !== author.self.device);
  const shares = asked.flatMap((need) => {
    // who asks for it lacks it, whatever was said of it: in a log that begins under it nothing would be found
    const isLetter = beginsUnder(sharing, epochsWanted(view, need));
    return sharesAnswering(view, around, keyring, need).map((one) => ({ ...one, isLetter }));
  });
  const said = [...asked.flatMap((need) => statementsAnswering(view, need)), ...statementsToRepeat(view)];
  const repeated = packed([...new Map(said.map((one) => [one.bytes.toString('latin1'), one])).values()]);
  const drafts = [
    ...repeated.map((statements) => controlDraft({ statements })),
    ...needDrafts(sharing),
    ...merges(sharing),
  ];
  let current = (await share(sharing, withLetters(sharing, shares))).author;
  if (drafts.length > 0) {
    const place = { topic, label: view.policy.label };
    current = (await postLocked(repository, current, place, drafts)).author;
  }
  return current;
}

/** The newest replaces, and takes back, the one before it. */
function needDrafts({ repository, author, view, keyring }: Sharing): Draft[] {
  const need = needOf(repository, view, keyring);
  const before = view.needs.find(({ device }) => device === author.self.device);
  const isSaid = before ? isSameNeed(before.need, need) && !isAnsweredInVain(view, before) : isNothing(need);
  if (isSaid) return [];
  const retracts = before && view.endOf(before.log) === Number.POSITIVE_INFINITY ? retracting(before) : undefined;
  return [{ ...controlDraft({ need, card: author.card }), ...retracts }];
}

/** Only its own log takes an entry back. */
function retracting({ log, seq }: PlacedNeed): Pick<Draft, 'meta' | 'log'> {
  return { log, meta: { retracts: [{ from: seq, end: seq + 1 }] } };
}

function merges({ repository, author, view }: Sharing): Draft[] {
  if (view.held.flooding.length === 0) return [];
  const { statement, before } = newStatement(view, author, { kind: 'merge' }, repository.world.now());
  // what was taken into the view counts only once it is written
  forgetView(repository, view.topic);
  return [...before, [statement]].map((statements) => controlDraft({ statements }));
}
