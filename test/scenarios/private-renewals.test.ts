// A member who makes everybody renew the keys does so a few times, and then endangers itself only (spec/private.md, "Usable epochs").
import { expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { RENEWAL_DAYS, RENEWALS_MAX } from '../../src/format/limits.js';
import { epochsIn } from '../../src/topic/members/entitled.js';
import { controlDraft } from '../../src/topic/private/log-sealing.js';
import { newStatement } from '../../src/topic/private/statement-drafts.js';
import { forgetView, type TopicView, viewTopic } from '../../src/topic/private/topic-view.js';
import { beginWith, friendsWithStick, invite, openKeysOf, postPrivate, removeFrom } from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

function viewOf(person: Replica, topic: TopicId): TopicView {
  const view = viewTopic(person.repository, topic);
  if (!view) throw new Error('no topic');
  return view;
}

/** A statement counts wherever it lies: this one comes to Ana in her own log. */
async function leave(ana: Replica, topic: TopicId, ben: Replica): Promise<void> {
  const author = await ben.author();
  const body = { kind: 'set', person: author.self.person, role: 0, cut: [] } as const;
  const { statement } = newStatement(viewOf(ana, topic), author, body, ana.now);
  forgetView(ana.repository, topic);
  await postPrivate(ana, topic, controlDraft({ statements: [statement] }));
}

it('nobody forces renewals without end', async () => {
  const { people } = await friendsWithStick(memoryDirectory(), ['ana', 'ben', 'cleo']);
  const [ana, ben, cleo] = people as [Replica, Replica, Replica];
  const topic = await beginWith(ana, 'garden', [ben, cleo]);
  const other = await beginWith(ana, 'shed', [ben]);
  const epochs = (of: TopicId): number => epochsIn(viewOf(ana, of).resolution).length;
  const goAndCome = async (who: Replica, of = topic): Promise<number> => {
    ana.now += 60_000;
    const before = epochs(of);
    await leave(ana, of, who);
    await postPrivate(ana, of, 'among us');
    await invite(ana, of, [who]);
    return epochs(of) - before;
  };
  const made: number[] = [];
  for (let i = 0; i < RENEWALS_MAX + 2; i++) {
    made.push(await goAndCome(ben));
    // what was forced is remembered when the program begins anew
    if (i === 1) openKeysOf(ana);
    if (i === 1) await ana.settle();
  }
  expect(made).toEqual([...Array.from({ length: RENEWALS_MAX }, () => 1), 0, 0]);
  // others are heard, and so is he elsewhere
  expect([await goAndCome(cleo), await goAndCome(ben, other)]).toEqual([1, 1]);
  const before = epochs(topic);
  await removeFrom(ana, topic, ben);
  expect(epochs(topic)).toBe(before + 1);
  await invite(ana, topic, [ben]);
  ana.now += RENEWAL_DAYS * 86_400_000;
  expect(await goAndCome(ben)).toBe(1);
});
