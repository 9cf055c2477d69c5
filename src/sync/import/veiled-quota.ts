// How much is carried of veiled logs that nobody here could place (spec/veiled.md, "Carrying"): what finds no room is left
// without a word, since its user knows of none of it.
import type { DeviceKey, LogId } from '../../format/ids.js';
import { VEILED_LOGS_MAX } from '../../format/limits.js';
import { devicesOf } from '../../identity/relations.js';
import { DEFAULT_QUOTAS } from '../../topic/quota.js';
import { activeContacts, type Session } from '../session.js';
import { heldBytes } from './standing.js';

/** Room for what is carried so; what is let in takes of it. */
export class VeiledQuota {
  readonly #session: Session;
  readonly #new = new Set<LogId>();
  #used: number | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Whether there is room for `sizeBytes` more of the log; of so many that are new here something is let in. */
  admits(log: LogId, sizeBytes: number): boolean {
    const { repository, quotas = DEFAULT_QUOTAS } = this.#session;
    const isNew = !repository.log(log) && !this.#new.has(log);
    if (isNew && this.#new.size >= VEILED_LOGS_MAX) return false;
    this.#used ??= this.#held();
    const used = this.#used + sizeBytes;
    if (used > quotas.veiled) return false;
    this.#used = used;
    if (isNew) this.#new.add(log);
    return true;
  }

  #held(): number {
    const logs = [...this.#session.repository.unplacedLogs()];
    return logs.reduce((sum, log) => sum + heldBytes(this.#session, log), 0);
  }
}

/** Whether a bundle by this device may bring such logs: one of our own, or a contact's; of anybody's for who carries all. */
export function isVeiledTakenFrom(session: Session, maker: DeviceKey | undefined): boolean {
  if (session.topics.carryAll) return true;
  const people = [session.self, ...activeContacts(session)];
  return maker !== undefined && people.some(({ person }) => devicesOf(session, person).includes(maker));
}
