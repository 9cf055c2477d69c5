// A verified bundle or card in a few lines (spec/cli.md, "verify", "inspect").
import { EXIT_OF_CODE } from '../../format/error.js';
import { shortId } from '../../format/ids.js';
import { STDIN } from '../../sync/import/given-files.js';
import type { Context } from '../command/context.js';
import { alignColumns } from '../terminal/columns.js';
import { escapeLine } from '../terminal/escape.js';
import { formatSize, plural } from '../terminal/size.js';
import type { Style } from '../terminal/style.js';
import { writeText } from '../terminal/write-text.js';
import type { BundleDocument, CardInside, LogInside } from './bundle-summary.js';

/** What `verify` says: that it is good, who made it, how much it holds. */
export async function describeBundle(file: string, found: BundleDocument, style: Style): Promise<string[]> {
  if (found.type === 'card') return describeCards(file, found.cards, style);
  const verdict = found.ok ? style.green('whole and authentic') : style.yellow('authentic, but not all of it is valid');
  const container = found.sealed ? 'sealed; inside it is ' : '';
  return [`${nameOf(file)}: ${container}${verdict}`, ...alignColumns(factsOf(found), { indent: '  ' })];
}

/** What `inspect` adds: members and logs. */
export function describeInside(found: BundleDocument): string[] {
  if (found.type === 'card') return [];
  const members = found.members.map(({ name, size }) => [String(size), name]);
  const logs = found.logs.map((log) => [shortId(log.log), rangeOf(log), ...introducedBy(log)]);
  return [
    ...['', 'Members, in bytes:', ...alignColumns(members, { indent: '  ', right: [0] })],
    ...(logs.length > 0 ? ['', 'Logs:', ...alignColumns(logs, { indent: '  ' })] : []),
  ];
}

/** Names what is not valid by itself on stderr; the exit status. */
export function reportRefused(context: Context, { refused }: BundleDocument): number {
  if (!context.json) {
    context.stdout.flush();
    for (const { log, code, message } of refused) {
      writeText(context.stderr, `satchel: error: ${escapeLine(`log ${shortId(log)}: ${message} (${code})`)}\n`);
    }
  }
  return refused.length > 0 ? EXIT_OF_CODE.refused : 0;
}

function nameOf(file: string): string {
  return file === STDIN ? 'standard input' : escapeLine(file);
}

function factsOf(found: BundleDocument): string[][] {
  const { by, name, person, created, epoch, serial, logs, entries, bytes, blobs } = found;
  const id = person ?? by;
  const maker =
    name === null || id === null ? 'somebody without a card in it' : `~${escapeLine(name)}, person ${shortId(id)}`;
  const blob = blobs > 0 ? `, ${plural(blobs, 'attachment chunk')}` : '';
  return [
    ['made by', maker],
    ['key', by ?? ''],
    ['created', `${created}, number ${serial} of epoch ${epoch?.slice(0, 10)}`],
    ['for', found.for.length === 0 ? 'whoever finds it' : found.for.map(shortId).join(', ')],
    [
      'holds',
      `${plural(entries, 'entry')} of ${plural(new Set(logs.map(({ log }) => log)).size, 'log')}${blob}, ${formatSize(bytes)}`,
    ],
  ];
}

async function describeCards(file: string, cards: readonly CardInside[], style: Style): Promise<string[]> {
  const { fingerprint } = await import('../../identity/fingerprint.js');
  const lines: string[] = [];
  for (const { name, person, device, serial } of cards) {
    lines.push(`${nameOf(file)}: ${style.green('the card of')} ~${escapeLine(name)}`);
    const facts = [
      ['words', await fingerprint(person)],
      ['person', person],
      ['device', device],
      ['serial', String(serial)],
    ];
    lines.push(...alignColumns(facts, { indent: '  ' }));
  }
  return lines;
}

function rangeOf({ from, to }: LogInside): string {
  return to - from === 1 ? `entry ${from}` : `entries ${from}-${to - 1}`;
}

function introducedBy({ label, name, person, veiled }: LogInside): string[] {
  if (veiled) return ['of a private topic: its members alone can tell which'];
  if (label === null || person === null) return ['its introduction is not in here'];
  return [`"${escapeLine(label)}"`, `~${escapeLine(name ?? '')}`, shortId(person)];
}
