// Whether the own clock can be right, by what was heard of others and by the program itself (spec/message.md, "Clock";
// spec/cli.md, "A wrong clock").

import type { LogSummary } from '../repository/index/summary.js';
import type { Repository } from '../repository/repository.js';
import { readState, writeState } from '../repository/state.js';
import { AHEAD_MAX_MS, isPlausible, lowerMedian } from '../topic/order/clock.js';
import { clocksOfPeople } from '../topic/order/people-clocks.js';
import { activeContacts, type Session } from './session.js';

const DAY_MS = 86_400_000;

/** Why the own clock is doubted: it is before the program was made, or more than 30 days from the others'. */
export interface ClockDoubt {
  readonly kind: 'before-build' | 'behind' | 'ahead';
  /** What the own clock says, ms. */
  readonly own: number;
  /** What it is compared with: when the program was made, or the lower median of the others' clocks, ms. */
  readonly other: number;
}

/** What stands against the own clock, if anything. */
export function doubtOwnClock(session: Session): ClockDoubt | undefined {
  const { world } = session.repository;
  const own = world.now();
  if (!isPlausible(world)) return { kind: 'before-build', own, other: world.built ?? 0 };
  const others = othersMedian(session);
  if (others === undefined || Math.abs(own - others) <= AHEAD_MAX_MS) return undefined;
  return { kind: own < others ? 'behind' : 'ahead', own, other: others };
}

/** Milliseconds that have passed by all that is known but the own clock; undefined when nothing is. */
export function passedElsewhere(session: Session): number | undefined {
  const known = [session.repository.world.built, othersMedian(session)].filter((time) => time !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** True once a day: the note of it may get lost, and then it is once more. */
export function isDueToday({ layout, world }: Repository): boolean {
  const last = readState(layout, 'clockWarned');
  const now = world.now();
  if (last && Math.abs(now - last.at) < DAY_MS) return false;
  writeState(layout, 'clockWarned', { at: now });
  return true;
}

/** The lower median of the contacts' clocks, ms; where none is known, of whoever writes in joined topics. */
export function othersMedian(session: Session): number | undefined {
  const { repository } = session;
  const contacts = activeContacts(session).flatMap(({ person }) => repository.logsOfPerson(person));
  return medianOf(repository, contacts) ?? medianOf(repository, logsOfOthers(session));
}

function logsOfOthers({ repository, self, topics }: Session): LogSummary[] {
  const joined = topics.topics.filter((topic) => topic.joined);
  return joined.flatMap(({ topic }) => repository.logsOfTopic(topic)).filter(({ person }) => person !== self.person);
}

function medianOf(repository: Repository, logs: readonly LogSummary[]): number | undefined {
  return lowerMedian(clocksOfPeople(repository, logs).values());
}
