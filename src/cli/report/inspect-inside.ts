// What `inspect` says of a bundle besides what `verify` says, in the words of the formats (spec/cli.md, "inspect").
import { shortId } from '../../format/ids.js';
import { alignColumns } from '../terminal/columns.js';
import { escapeLine } from '../terminal/escape.js';
import type { BundleDocument, LogInside } from './bundle-summary.js';

/** Further rows of what it is. */
export function numberedIn(found: BundleDocument): string[][] {
  return found.type === 'card' || found.epoch === null ? [] : [['epoch', found.epoch]];
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

function rangeOf({ from, to }: LogInside): string {
  return to - from === 1 ? `entry ${from}` : `entries ${from}-${to - 1}`;
}

function introducedBy({ label, name, person, veiled }: LogInside): string[] {
  if (veiled) return ['of a private topic: its members alone can tell which'];
  if (label === null || person === null) return ['its introduction is not in here'];
  return [`"${escapeLine(label)}"`, `~${escapeLine(name ?? '')}`, shortId(person)];
}
