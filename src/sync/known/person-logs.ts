// The logs in which people we know say what devices they have (spec/devices.md, "Person log"): they are no conversation, and go
// to contacts and to our own devices beside every one.
import type { LogSummary } from '../../repository/index/summary.js';
import { personTopic } from '../../topic/person-topic.js';
import { activeContacts, type Session } from '../session.js';

/** Our own and those of our contacts. */
export function knownPersonLogs(session: Session): LogSummary[] {
  const persons = [session.self, ...activeContacts(session)].map(({ person }) => person);
  return persons.flatMap((person) =>
    session.repository.logsOfPerson(person).filter(({ topic }) => topic === personTopic(person)),
  );
}
