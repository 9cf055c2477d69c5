// A visit to a destination from which nobody answers (spec/drive.md, "One way").
import type { Session } from '../session.js';
import type { Adder, Adding } from './adder.js';
import { oneWayAudience } from './additions.js';
import type { BundlesThere } from './bundles-there.js';
import type { Drive } from './drive.js';
import { countEntries, minus } from './log-ranges.js';
import { look } from './look.js';
import { type OneWayPlan, planOneWay, type Repeat } from './one-way.js';
import { type OneWayMemory, readOneWay, writeOneWay } from './one-way-memory.js';
import { afterWriting, type OneWayReport, oneWayReport, superseded } from './one-way-tidy.js';
import { noteOwnBundle } from './own-bundle.js';
import type { Served } from './served.js';

/** Where one bundle is written to, with what. */
export interface OneWayVisit extends Adding {
  readonly drive: Drive;
  readonly there: BundlesThere;
  readonly adder: Adder;
  readonly repeat: Repeat;
  /** Told what was written, or would be, before anything goes for it. */
  readonly tell: (report: OneWayReport) => void;
}

/** Writes what is new and what is to be repeated, if there is anything of it and anybody there may get it. */
export async function visitOneWay(visit: OneWayVisit, served: Served): Promise<void> {
  const { session, drive, adder, repeat } = visit;
  const audience = oneWayAudience(session, served, visit.topics);
  if (!audience) return;
  const before = readOneWay(session.repository.layout, drive.id);
  let plan: OneWayPlan | undefined;
  const exactly = (current: Session): OneWayPlan => {
    plan = planOneWay(current, before, { repeat, topics: audience.topics });
    return plan;
  };
  const report = await adder.addExactly(session, audience, exactly);
  if (!plan || !report) return;
  visit.tell(oneWayReport(plan));
  const left = countEntries(minus(plan.news, plan.written()));
  adder.exported = { ...report, ...(report.file !== null && { left }) };
  if (report.file !== null) await replaceOlder(visit, before, plan);
}

async function replaceOlder(
  { session, drive, there, adder }: OneWayVisit,
  before: OneWayMemory,
  plan: OneWayPlan,
): Promise<void> {
  const { exported, placed } = adder;
  if (!placed) return;
  const { repository, self } = session;
  const { medium } = drive;
  const { name, own } = placed;
  const after = afterWriting(medium, before, { plan, name, now: repository.world.now() });
  await adder.whenGone(() => writeOneWay(repository.layout, drive.id, after));
  const hasChunks = (other: string): boolean => (there.files[other]?.chunks ?? 0) > 0;
  const done = { files: after.files, plan, name, hasChunks, isWhole: exported?.blobsLeft.count === 0 };
  for (const old of superseded(medium, self.device, done)) {
    const file = there.files[old] ?? look(medium, old, undefined, repository.world.now());
    if (file) there.remove({ bundle: { name: old, file }, reason: 'replaced' });
  }
  there.add(noteOwnBundle(session, drive, name, own));
}
