// satchel drive tidy: removes from a drive what nobody needs any more (spec/cli.md, "Drives"; spec/drive.md, "Tidying").
import { SatchelError } from '../../../format/error.js';
import { secretsForm } from '../../../identity/keys.js';
import { placeOfDrive } from '../../../sync/drive/known.js';
import { visitDrive } from '../../../sync/drive/visit.js';
import type { VisitReport } from '../../../sync/drive/visit-report.js';
import { openSession } from '../../../sync/session.js';
import type { Author } from '../../../topic/writing/own-log.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { doneWords, tellRemoved } from '../../report/visit-report.js';
import { escapeLine } from '../../terminal/escape.js';
import { parseSpan } from '../../terminal/span.js';
import { openAuthor } from '../conversation/author.js';
import { fileKeysFor } from '../exchange/file-keys.js';
import { visitAtUrl } from './store.js';

/** Removes it, or says what would go. */
export async function run(context: Context, { dryRun, damaged, older, ...args }: Args<'drive tidy'>): Promise<void> {
  const olderMs = spanOf(older);
  const repository = await context.repository();
  const { directory: place, drive } = placeOfDrive(repository.layout, args.drive);
  const { 'drive.silent': silentDays } = await context.config();
  const lockTimeoutMs = await context.lockTimeout();
  // nobody is asked for a passphrase, only to look into what is sealed
  const keys = secretsForm(context.directory) === 'sealed' ? undefined : fileKeysFor(context);
  const options = { tidyOnly: true, dryRun, damaged, olderMs, keys, silentDays, lockTimeoutMs };
  const session = openSession(repository);
  const author = (): Promise<Author> => openAuthor(context);
  const report = drive
    ? await visitDrive(session, author, place, options)
    : (await visitAtUrl(context, session, place, { ...options, author })).report;
  tell(context, report, dryRun);
  if (report.failure) throw report.failure;
}

function spanOf(older: string | undefined): number | undefined {
  const span = older === undefined ? undefined : parseSpan(older);
  if (older === undefined || span !== undefined) return span;
  throw new SatchelError('usage', `--older is "${older}", expected a time`, { hint: 'such as 12h, 30d or 60w' });
}

function tell(context: Context, { drive, removed, failure }: VisitReport, dryRun: boolean): void {
  if (context.json) {
    const files = removed.map(({ bundle, reason }) => ({ file: bundle.name, bytes: bundle.file.size, reason }));
    context.printJson({ drive: drive.id, label: drive.label, removed: files, dryRun });
    return;
  }
  for (const { bundle, reason } of removed) context.print(`${escapeLine(bundle.name)}: ${REASONS[reason]}`);
  tellRemoved(context, removed, dryRun);
  if (removed.length === 0 && !failure) context.print(`${escapeLine(drive.label)}: nothing may go`);
  else if (!dryRun && !failure) context.print(doneWords(drive));
}

const REASONS = {
  redundant: 'all of it lies in other bundles too',
  acknowledged: 'everybody listed has it',
  damaged: 'it is damaged',
  replaced: 'a newer one replaces it',
  unopened: 'no key here opens it, and it lies there for long',
} as const;
