// A verified bundle or card in a few lines (spec/cli.md, "verify", "inspect").
import { EXIT_OF_CODE } from '../../format/error.js';
import { shortId } from '../../format/ids.js';
import { STDIN } from '../../sync/import/given-files.js';
import type { Context } from '../command/context.js';
import { alignColumns } from '../terminal/columns.js';
import { escapeLine } from '../terminal/escape.js';
import { formatSize, piecesOf, plural } from '../terminal/size.js';
import type { Style } from '../terminal/style.js';
import { writeText } from '../terminal/write-text.js';
import type { BundleDocument, CardInside } from './bundle-summary.js';

/** What `verify` says: that it is good, who made it, how much it holds; `more` are rows besides. */
export async function describeBundle(
  file: string,
  found: BundleDocument,
  style: Style,
  more: readonly string[][] = [],
): Promise<string[]> {
  if (found.type === 'card') return describeCards(file, found.cards, style);
  const verdict = found.ok ? style.green('whole and authentic') : style.yellow('authentic, but not all of it is valid');
  const container = found.sealed ? 'sealed; inside it is ' : '';
  return [`${nameOf(file)}: ${container}${verdict}`, ...alignColumns([...factsOf(found), ...more], { indent: '  ' })];
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
  const { by, name, person, created, serial, logs, entries, bytes, blobs } = found;
  const id = person ?? by;
  const maker =
    name === null || id === null ? 'somebody without a card in it' : `~${escapeLine(name)}, person ${shortId(id)}`;
  const blob = blobs > 0 ? `, ${plural(blobs, 'attachment chunk')}` : '';
  return [
    ['made by', maker],
    ['key', by ?? ''],
    ['created', created ?? ''],
    ['number', `${serial} of that device since it began, or was restored`],
    ['for', found.for.length === 0 ? 'whoever finds it' : found.for.map(shortId).join(', ')],
    [
      'holds',
      `${piecesOf(entries)} of ${plural(new Set(logs.map(({ log }) => log)).size, 'log')}${blob}, ${formatSize(bytes)}`,
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
