// What became of each file that was given, as a list: what it brought, or why it was refused, in the program's own words.
import { escapeLine } from '../../cli/terminal/escape.js';
import { piecesOf, plural } from '../../cli/terminal/size.js';
import { formatMoment } from '../../cli/terminal/time.js';
import { shortId } from '../../format/ids.js';
import type { Taken } from '../intake.js';
import type { Brought } from '../shelf.js';
import { element } from './dom.js';

/** Logs of one bundle that are told of one by one. */
const REFUSED_TOLD = 20;

/** An entry of the list; it says of what kind it is, and how long that took. */
export function givenElement({ file, outcome }: Taken, tookMs: number): HTMLLIElement {
  const lines = linesOf(outcome);
  return element(
    'li',
    { class: `given-${outcome.kind}`, 'data-kind': outcome.kind, 'data-ms': String(Math.round(tookMs)) },
    element('bdi', { class: 'file' }, escapeLine(file.name)),
    ...lines.map(({ text, kind }) => element('p', { class: kind }, text)),
  );
}

interface Line {
  readonly text: string;
  readonly kind: 'said' | 'wrong' | 'hint';
}

function linesOf(outcome: Taken['outcome']): Line[] {
  if (outcome.kind === 'bundle') return broughtLines(outcome.brought, outcome.wasSealed);
  if (outcome.kind === 'keys') return [said(`${plural(outcome.count, 'key')} to open sealed files with`)];
  if (outcome.kind === 'cards') return outcome.cards.map(({ name }) => said(`the card of ~${escapeLine(name)}`));
  const { message, code, hint } = outcome.error;
  const told: Line = { text: `${escapeLine(message)} (${code})`, kind: 'wrong' };
  return hint === undefined ? [told] : [told, { text: escapeLine(hint), kind: 'hint' }];
}

function broughtLines({ manifest, fresh, known, refused }: Brought, wasSealed: boolean): Line[] {
  const entries = fresh === 0 && known > 0 ? 'nothing new' : piecesOf(fresh, 'new');
  const made = `made ${formatMoment(manifest.created)} by device ${shortId(manifest.key)}`;
  const lines = [said(`verified${wasSealed ? ', was sealed' : ''}: ${entries}`), said(made)];
  for (const { log, message, code } of refused.slice(0, REFUSED_TOLD)) {
    lines.push({ text: escapeLine(`log ${shortId(log)}: ${message} (${code})`), kind: 'wrong' });
  }
  if (refused.length > REFUSED_TOLD) lines.push({ text: `and ${refused.length - REFUSED_TOLD} more`, kind: 'wrong' });
  return lines;
}

function said(text: string): Line {
  return { text, kind: 'said' };
}
