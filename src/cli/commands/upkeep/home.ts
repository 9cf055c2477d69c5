// satchel alone: the state in two lines, and the commands of every day (spec/cli.md, "Help").
import { SatchelError } from '../../../format/error.js';
import { readMarks } from '../../../repository/read-marks.js';
import { whatWaits } from '../../../sync/drive/waiting.js';
import { chosenLogs } from '../../../sync/export/plan.js';
import { deliveryTo } from '../../../sync/known/delivery.js';
import { activeContacts, openSession, type Session } from '../../../sync/session.js';
import { openPeople } from '../../../topic/reading/people.js';
import { unreadOf } from '../../../topic/reading/unread.js';
import type { Context } from '../../command/context.js';
import { everydayText } from '../../command/help.js';
import { plural } from '../../terminal/size.js';

/** The text; what is wrong with a repository is told in the place of its state. */
export async function homeText(context: Context): Promise<string> {
  const state = await stateOf(context);
  return `${[...state, '', await everydayText(context.style, context.stdout.columns)].join('\n')}\n`;
}

async function stateOf(context: Context): Promise<readonly string[]> {
  try {
    const session = openSession(await context.repository());
    return [unreadLine(session), deliveryLine(session)];
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    return [error.message, ...(error.hint === undefined ? [] : [error.hint])];
  }
}

function unreadLine(session: Session): string {
  const { repository, topics } = session;
  const marks = readMarks(repository.layout);
  const people = openPeople(session);
  const joined = topics.topics.filter((topic) => topic.joined);
  const heard = joined.filter(({ muted }) => !muted);
  const unread = heard.reduce((sum, { topic }) => sum + unreadOf(repository, topic, marks.get(topic), people).count, 0);
  const count = unread === 0 ? 'nothing unread' : `${plural(unread, 'unread message')}: satchel read`;
  return `${plural(joined.length, 'topic')}, ${count}`;
}

function deliveryLine(session: Session): string {
  const logs = chosenLogs(session);
  const waiting = whatWaits(session);
  const contacts = activeContacts(session);
  const late = contacts.filter((contact) => deliveryTo(session, contact, logs, waiting).pending > 0);
  if (contacts.length === 0) return 'no contacts yet: satchel contact add CARD';
  const rest =
    late.length === 0 ? 'nothing to deliver' : `messages not delivered yet for ${late.length} of them: satchel status`;
  return `${plural(contacts.length, 'contact')}, ${rest}`;
}
