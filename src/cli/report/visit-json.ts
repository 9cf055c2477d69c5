// What a visit to a drive did, as programs read it, and the exit status it leads to (spec/cli.md, "sync").
import { EXIT_OF_CODE, type SatchelError } from '../../format/error.js';
import { formatCard } from '../../identity/card-text.js';
import type { ScannedFile } from '../../sync/drive/take.js';
import type { VisitReport } from '../../sync/drive/visit-report.js';
import type { ExportReport } from '../../sync/export/export.js';
import type { FileOutcome } from '../../sync/import/import-files.js';
import type { Session } from '../../sync/session.js';
import { whereJson } from './drive-json.js';
import { importJson } from './import-json.js';

/** What a visit to a drive at a URL asked for. */
export interface FarVisit {
  readonly requests: number;
  readonly fetchedBytes: number;
  /** The place lets nothing be removed, which was found out now. */
  readonly keepsAll: boolean;
}

/** A visit that is over, or could not begin; `directory` may be a URL. */
export type Visited =
  | {
      readonly directory: string;
      readonly report: VisitReport;
      readonly session: Session;
      readonly before: number;
      readonly far?: FarVisit;
    }
  | { readonly directory: string; readonly error: SatchelError };

/** One document for all drives. */
export function visitsJson(visits: readonly Visited[], dryRun: boolean, late: readonly SatchelError[] = []): object {
  return { drives: visits.map((visit) => visitJson(visit, dryRun)), dryRun, late: late.map(errorJson) };
}

/** The files of a visit as an import would report them; those that may still be arriving left out. */
export function outcomesOf({ drive, scanned }: VisitReport): FileOutcome[] {
  return scanned.filter((file) => !file.isArriving).flatMap((file) => outcomeOf(drive, file));
}

function outcomeOf(
  { medium }: VisitReport['drive'],
  { name, report, messages, error, isSealed = false }: ScannedFile,
): FileOutcome[] {
  const file = medium.pathOf(name);
  if (error) return [{ kind: 'failed', file, error }];
  if (!report) return [];
  return [{ kind: 'bundle', file, by: report.manifest?.key, report, messages, damage: undefined, isSealed }];
}

function visitJson(visit: Visited, dryRun: boolean): object {
  if ('error' in visit) return { ...whereJson(visit.directory), drive: null, error: errorJson(visit.error) };
  const { directory, report, session, before, far } = visit;
  const {
    drive,
    isFirst,
    topics,
    exported,
    forStrangers,
    isApproved,
    readers,
    oneWay,
    removed,
    strangers,
    touched,
    isCut,
    failure,
    renewed,
    recovered,
  } = report;
  const {
    cards: _,
    dryRun: _dry,
    ...taken
  } = importJson({
    session,
    outcomes: outcomesOf(report),
    before,
    dryRun,
    recovered,
    settled: report.settled,
  });
  return {
    ...whereJson(directory),
    drive: drive.id,
    label: drive.label,
    ...(far && { requests: far.requests, fetchedBytes: far.fetchedBytes }),
    first: isFirst,
    topics,
    ...taken,
    waiting: report.waiting,
    notForUs: report.notForUs,
    arriving: report.scanned.flatMap(({ name, isArriving }) => (isArriving ? name : [])),
    strangers: strangers.map((card) => ({ person: card.person, name: card.name, card: formatCard(card) })),
    sealed: report.isSealed,
    export: exported ? exportJson(exported) : null,
    leftOut: [...(report.seals?.unready ?? []), ...(report.seals?.unsealable ?? [])],
    forStrangers: forStrangers.map((one) => ({ ...exportJson(one), topic: one.topic })),
    unserved: report.unserved.map(({ person, name }) => ({ person, name })),
    approved: isApproved,
    readableBy: readers.map(({ person, name }) => ({ person, name })),
    oneWay: oneWay ? { new: oneWay.fresh, repeated: oneWay.repeated, notRepeated: oneWay.aged } : null,
    removed: removed.map(({ bundle, reason }) => ({ file: bundle.name, bytes: bundle.file.size, reason })),
    touched,
    unfinished: isCut,
    renewed,
    error: failure ? errorJson(failure) : null,
  };
}

function exportJson({ sealedFor, ...counts }: ExportReport): object {
  return { ...counts, sealed: sealedFor !== undefined, recipients: sealedFor ?? [] };
}

function errorJson({ code, message, hint }: SatchelError): object {
  return { code, message, ...(hint !== undefined && { hint }) };
}

/** What a visit failed of, if it did. */
export function failureOf(visit: Visited): SatchelError | undefined {
  return 'error' in visit ? visit.error : visit.report.failure;
}

/** 0 when all was well; what all failed of; 3 when something failed, was refused, or found no room or time. */
export function exitOfVisits(visits: readonly Visited[]): number {
  const failures = visits.flatMap((visit) => failureOf(visit) ?? []);
  const [first] = failures;
  if (first && failures.length === visits.length && failures.every(({ exit }) => exit === first.exit))
    return first.exit;
  if (failures.length > 0 || visits.some(isPartial)) return EXIT_OF_CODE.refused;
  return 0;
}

function isPartial(visit: Visited): boolean {
  if ('error' in visit) return true;
  const { scanned, exported, forStrangers, isCut } = visit.report;
  const isRefused = scanned.some(({ error, isArriving, report }) => (error && !isArriving) || report?.refused.length);
  const left = [...(exported ? [exported] : []), ...forStrangers].some((one) => one.left + one.blobsLeft.count > 0);
  return isRefused || isCut || left;
}
