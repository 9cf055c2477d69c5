// Looking for words in a conversation, from where somebody reads towards its beginning, and then from its end.

import { openMatcher } from '../../topic/reading/matcher.js';
import type { Conversation } from '../conversation.js';
import { drawn } from './dom.js';

/** Messages looked at before the browser may draw. */
const STEP = 2_000;

/** The place of the next message with that text before `from`; undefined when there is none, or it is `stopped`. */
export async function findBefore(
  conversation: Conversation,
  text: string,
  from: number,
  isStopped: () => boolean,
): Promise<number | undefined> {
  const matches = openMatcher([text]);
  const { count } = conversation;
  for (let i = 1; i <= count; i++) {
    const place = (from - i + count) % count;
    const view = conversation.at(place);
    if (view && matches([view.text ?? '', ...view.attachments.map(({ name }) => name)])) return place;
    if (i % STEP !== 0) continue;
    await drawn();
    if (isStopped()) return undefined;
  }
  return undefined;
}
