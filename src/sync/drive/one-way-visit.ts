// A visit to a destination from which nobody answers (spec/drive.md, "One way").
import type { ExportReport } from '../export/export.js';
import { audienceOf } from '../known/audience.js';
import type { Session } from '../session.js';
import type { Adder, Adding } from './adder.js';
import { type Kind, oneWayAudience } from './additions.js';
import type { BundlesThere } from './bundles-there.js';
import type { Drive } from './drive.js';
import { countEntries, intersection, minus, unionOf } from './log-ranges.js';
import { look } from './look.js';
import { type OneWayPlan, planOneWay, type Repeat, type WrittenPlan } from './one-way.js';
import { type OneWayMemory, readOneWay, writeOneWay } from './one-way-memory.js';
import { afterWriting, type OneWayReport, oneWayReport, superseded } from './one-way-tidy.js';
import { noteOwnBundle } from './own-bundle.js';
import type { Served } from './served.js';

/** Where to, and with what. */
export interface OneWayVisit extends Adding {
  readonly drive: Drive;
  readonly there: BundlesThere;
  readonly adder: Adder;
  readonly repeat: Repeat;
  /** Told what was written, or would be, before anything goes for it. */
  readonly tell: (report: OneWayReport) => void;
}

/** A bundle that was written, with what it holds. */
interface Part {
  readonly plan: OneWayPlan;
  readonly report: ExportReport;
  readonly placed: Adder['placed'];
}

/**
 * Writes what is new and what is to be repeated, if there is anything of it and anybody there may get it: in one bundle, or
 * where it is sealed for more people than one file can be for, in one for each group of them.
 */
export async function visitOneWay(visit: OneWayVisit, served: Served): Promise<void> {
  const { session, drive, adder } = visit;
  const audience = oneWayAudience(session, served, visit.topics);
  if (!audience) return;
  const before = readOneWay(session.repository.layout, drive.id);
  const parts: Part[] = [];
  const placing = noteOwn(visit, before);
  try {
    for (const kind of adder.exactKinds(session, audience))
      parts.push(...(await writePart(visit, before, { kind, placing })));
  } catch (error) {
    // some got nothing: so nothing went to all, but what lies there is remembered as our own
    if (parts.some(isPlaced)) await remember(visit, before, { parts, plan: nothingOf(planOfAll(parts)) });
    throw error;
  }
  if (parts.length === 0) return;
  const plan = planOfAll(parts);
  visit.tell(oneWayReport(plan));
  if (!adder.exported || !parts.some(isPlaced)) return;
  adder.exported = { ...adder.exported, left: countEntries(minus(plan.news, plan.written())) };
  await replaceOlder(visit, before, { parts, plan });
}

/**
 * Notes each name before it lies there, as one that holds nothing yet: of a sealed bundle nothing else tells that it is our
 * own, should the visit end right then.
 */
function noteOwn({ session, drive }: OneWayVisit, before: OneWayMemory): (name: string) => void {
  const files = new Map(before.files);
  return (name) => {
    files.set(name, files.get(name) ?? new Map());
    writeOneWay(session.repository.layout, drive.id, { blocks: before.blocks, files });
  };
}

/** Nothing when there is nothing of it. */
async function writePart(
  visit: OneWayVisit,
  before: OneWayMemory,
  { kind, placing }: { readonly kind: Kind; readonly placing: (name: string) => void },
): Promise<Part[]> {
  const { session, adder, repeat } = visit;
  let plan: OneWayPlan | undefined;
  const exactly = (current: Session): OneWayPlan => {
    const audience = audienceOf(current, { to: kind.recipients, topics: kind.topics });
    plan = planOneWay(current, before, { repeat, audience });
    return plan;
  };
  const report = await adder.addExactly(session, kind, { exactly, placing });
  return plan ? [{ plan, report, placed: report.file === null ? undefined : adder.placed }] : [];
}

/** What went to everybody: somebody who was not reached is owed it still. */
function planOfAll(parts: readonly Part[]): WrittenPlan {
  const all = parts.map(({ plan }) => plan);
  const written = all.map((plan) => plan.written()).reduce(intersection);
  const wanted = unionOf(all.map((plan) => plan.wanted()));
  return {
    news: unionOf(all.map(({ news }) => news)),
    sent: all.map(({ sent }) => sent).reduce(intersection),
    written: () => written,
    wanted: () => wanted,
  };
}

function nothingOf(plan: WrittenPlan): WrittenPlan {
  return { ...plan, written: () => new Map() };
}

function isPlaced({ placed }: Part): boolean {
  return placed !== undefined;
}

/** What was done: the bundles, and what all of them hold. */
interface Done {
  readonly parts: readonly Part[];
  readonly plan: WrittenPlan;
}

async function remember(visit: OneWayVisit, before: OneWayMemory, { parts, plan }: Done): Promise<OneWayMemory> {
  const { session, drive, there, adder } = visit;
  const { repository } = session;
  const files = new Map(parts.flatMap((one) => (one.placed ? [[one.placed.name, one.plan.written()] as const] : [])));
  const after = afterWriting(drive.medium, before, { plan, files, now: repository.world.now() });
  await adder.whenGone(() => writeOneWay(repository.layout, drive.id, after));
  for (const { placed } of parts) if (placed) there.add(noteOwnBundle(session, drive, placed.name, placed.own));
  return after;
}

async function replaceOlder(visit: OneWayVisit, before: OneWayMemory, done: Done): Promise<void> {
  const { session, drive, there } = visit;
  const { medium } = drive;
  const { parts, plan } = done;
  const after = await remember(visit, before, done);
  const names = new Set(parts.flatMap(({ placed }) => placed?.name ?? []));
  const isWhole = parts.every(({ report }) => report.blobsLeft.count === 0);
  const hasChunks = (other: string): boolean => (there.files[other]?.chunks ?? 0) > 0;
  for (const old of superseded(medium, session.self.device, { files: after.files, plan, names, hasChunks, isWhole })) {
    const file = there.files[old] ?? look(medium, old, undefined, session.repository.world.now());
    if (file) there.remove({ bundle: { name: old, file }, reason: 'replaced' });
  }
}
