// satchel status --check: what needs somebody's attention, for cron (spec/cli.md, "status").
import { EXIT_OF_CODE } from '../../../format/error.js';
import { whatWaits } from '../../../sync/drive/waiting.js';
import { chosenLogs } from '../../../sync/export/plan.js';
import { deliveryTo } from '../../../sync/known/delivery.js';
import { activeContacts, openSession, type Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { formatRelative } from '../../terminal/time.js';
import { writeText } from '../../terminal/write-text.js';
import { spanOf } from '../drives/visit-options.js';

/** Longer than that nobody should wait, unless told otherwise. */
const MAX_AGE = '7d';

/** What is not as it should be. */
interface Alarm {
  readonly code: 'undelivered' | 'locked';
  readonly message: string;
}

/** Says it on standard error, also with `--quiet`; 3 when there is anything. @throws SatchelError `usage` */
export async function checkStatus(context: Context, maxAge: string = MAX_AGE): Promise<number> {
  const maxAgeMs = spanOf('--max-age', maxAge);
  const session = openSession(await context.repository());
  const alarms = [...undelivered(context, session, maxAgeMs), ...locked(session)];
  if (context.json) context.printJson({ alarms });
  else for (const { message } of alarms) writeText(context.stderr, `satchel: alarm: ${message}\n`);
  return alarms.length > 0 ? EXIT_OF_CODE.refused : 0;
}

/** Contacts for whom something waits, and who were not heard of for so long. */
function undelivered({ world }: Context, session: Session, maxAgeMs: number): Alarm[] {
  const logs = chosenLogs(session);
  const waiting = whatWaits(session);
  const now = world.now();
  return activeContacts(session).flatMap((contact) => {
    const { pending, lastHeard } = deliveryTo(session, contact, logs, waiting);
    if (pending === 0 || now - (lastHeard ?? contact.added) <= maxAgeMs) return [];
    const heard = lastHeard === undefined ? 'no word yet' : `last word ${formatRelative(lastHeard, now)}`;
    const what = `${plural(pending, 'message')} not delivered to ${escapeLine(contact.petname)}, ${heard}`;
    return [{ code: 'undelivered', message: what }];
  });
}

/** Drives with files that nobody could open for want of the passphrase. */
function locked(session: Session): Alarm[] {
  return whatWaits(session).drives.flatMap((drive) => {
    if (drive.locked === 0) return [];
    const files = plural(drive.locked, 'sealed file');
    return [{ code: 'locked', message: `${files} on ${escapeLine(drive.label)} left for want of the passphrase` }];
  });
}
