// What waits for whom on the drives that were met, as it was at the last visits: no medium is touched
// (spec/cli.md, "status").

import type { LogId, PersonId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { subtractRanges } from '../../repository/index/held.js';
import { countMessages, waitingOf } from '../export/pending.js';
import type { PendingLog } from '../export/pending-log.js';
import { mergePending } from '../export/plan.js';
import { type Knowledge, knowledgeOf, union } from '../known/knowledge.js';
import { type Recipient, recipientsOf } from '../known/recipients.js';
import { activeContacts, type Session } from '../session.js';
import { approvalOf } from './approval.js';
import { verifiedBundles } from './holdings.js';
import { LyingFor } from './lying-for.js';
import { type DriveMemory, readMemory, rememberedDrives } from './memory.js';
import { servesContacts } from './served.js';

/** A drive as it was at the last visit. */
export interface WaitingDrive {
  readonly id: string;
  readonly label: string;
  /** Where it was. */
  readonly directory: string;
  /** The last visit, ms; 0 before the first one. */
  readonly last: number;
  /** Bundles there of which something was left, since nobody here decided to take it. */
  readonly left: number;
  /** Sealed files there that were left for want of the passphrase. */
  readonly locked: number;
  /** Contacts it serves, and oneself for own other devices, not known to have taken all that lies there: with the number of messages. */
  readonly waiting: readonly { readonly person: PersonId; readonly messages: number }[];
}

/** Drives with what waits on them. */
export interface Waiting {
  /** By label. */
  readonly drives: readonly WaitingDrive[];
  /** Of the messages that a contact is not known to hold, those that lie on any of the drives. */
  onTheWay(person: PersonId, pending: readonly PendingLog[]): number;
}

type Ranges = ReadonlyMap<LogId, readonly Range[]>;

/** Everything that waits for contacts. */
export function whatWaits(session: Session): Waiting {
  const met = rememberedDrives(session.repository.layout).flatMap((id) => {
    const memory = readMemory(session.repository.layout, id);
    if (!memory) return [];
    return [{ id, memory, lying: lyingOn(session, id, memory), serves: servingOf(session, id, memory.listed) }];
  });
  const knowledge = new Map(
    (met.length > 0 ? [...activeContacts(session), session.self] : []).map(({ person }) => {
      const devices = recipientsOf(session, person);
      return [person, devices.map((device) => [device, knowledgeOf(session.repository, device)] as const)];
    }),
  );
  const drives = met.map(({ id, memory, lying, serves }) => {
    const { label, directory, last, files, locked = 0 } = memory;
    const left = Object.values(files).filter((file) => file.left === true).length;
    return { id, label, directory, last, left, locked, waiting: waitingOn(session, serves, lying, knowledge) };
  });
  return {
    drives: drives.sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)),
    onTheWay: (person, pending) => {
      const devices = recipientsOf(session, person);
      const serving = met
        .filter(({ serves }) => serves(person))
        .flatMap(({ lying }) => devices.map((device) => lying.for(device).ranges));
      return serving.length > 0 ? lyingIn(session, pending, serving) : 0;
    },
  };
}

function lyingOn(session: Session, id: string, memory: DriveMemory): LyingFor {
  return new LyingFor(session, verifiedBundles(session.repository, id, memory.files));
}

function waitingOn(
  session: Session,
  serves: (person: PersonId) => boolean,
  lying: LyingFor,
  knowledge: ReadonlyMap<PersonId, readonly (readonly [Recipient, Knowledge])[]>,
): WaitingDrive['waiting'] {
  return [...knowledge].flatMap(([person, known]) => {
    if (!serves(person)) return [];
    const waiting = known.flatMap(([device, one]) => waitingOf(session.repository, lying.for(device).ranges, one));
    const messages = countMessages(session.repository, mergePending(waiting));
    return messages > 0 ? [{ person, messages }] : [];
  });
}

/** Tells whether a drive serves somebody: a contact by who was listed there at the last visit, own other devices always. */
export function servingOf(
  session: Session,
  drive: string,
  listed: DriveMemory['listed'] = {},
): (person: PersonId) => boolean {
  const people = Object.keys(listed) as PersonId[];
  const others = people.flatMap((person) => (person === session.self.person ? [] : [{ person }]));
  const { isOwn = others.length === 0 } = approvalOf(session, drive);
  const isForAll = servesContacts(session, others, isOwn);
  return (person) => isForAll || person === session.self.person || listed[person] !== undefined;
}

function lyingIn({ repository }: Session, pending: readonly PendingLog[], drives: readonly Ranges[]): number {
  const elsewhere = pending.map(({ log, ranges }) => {
    const covered = union(drives.flatMap((one) => one.get(log) ?? []));
    return { log, ranges: subtractRanges(ranges, covered) };
  });
  return countMessages(repository, pending) - countMessages(repository, elsewhere);
}
