// satchel alone: the state in two lines, and the commands of every day (spec/cli.md, "Help").
import { SatchelError } from '../../../format/error.js';
import { hasRemains } from '../../../repository/create.js';
import { layoutOf } from '../../../repository/layout.js';
import { readMarks } from '../../../repository/read-marks.js';
import { whatWaits } from '../../../sync/drive/waiting.js';
import { chosenLogs } from '../../../sync/export/plan.js';
import { deliveryTo } from '../../../sync/known/delivery.js';
import { activeContacts, openSession, type Session } from '../../../sync/session.js';
import { openPeople } from '../../../topic/reading/people.js';
import { unreadOf } from '../../../topic/reading/unread.js';
import type { Context } from '../../command/context.js';
import { beginningText, everydayText } from '../../command/help.js';
import { plural } from '../../terminal/size.js';

/** The text; what is wrong with a repository is told in the place of its state, and without one how to begin. */
export async function homeText({ stdout, style, ...context }: Context): Promise<string> {
  const { lines, isThere } = await stateOf(context);
  const commands = isThere ? everydayText(style, stdout.columns) : beginningText(style, stdout.columns);
  return `${[...lines, '', await commands].join('\n')}\n`;
}

/** How things are. */
interface State {
  readonly lines: readonly string[];
  /** Whether there is a repository, whatever is wrong with it. */
  readonly isThere: boolean;
}

async function stateOf({ repository, directory }: Pick<Context, 'repository' | 'directory'>): Promise<State> {
  try {
    const session = openSession(await repository());
    return { lines: [unreadLine(session), deliveryLine(session)], isThere: true };
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    const lines = [error.message, ...(error.hint === undefined ? [] : [error.hint])];
    return { lines, isThere: error.code !== 'no-repository' || hasRemains(layoutOf(directory)) };
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
