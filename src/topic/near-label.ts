// The topic that a mistyped name was most likely meant for (spec/cli.md, "post").
import { nameKey } from '../identity/names.js';
import { nearest } from './nearest.js';

/**
 * The label that was most likely meant: it differs in letter case or spaces, or in a letter or two. Names that differ in digits
 * are different on purpose.
 */
export function nearLabel(wanted: string, known: readonly { readonly label: string }[]): string | undefined {
  const others = known.map(({ label }) => label).filter((label) => withoutDigits(label) !== withoutDigits(wanted));
  const alike = known.find(({ label }) => keyOf(label) === keyOf(wanted));
  return alike?.label ?? nearest(wanted, others);
}

function keyOf(label: string): string {
  return nameKey(label).replace(/\s/g, '');
}

function withoutDigits(label: string): string {
  return label.replace(/\d/g, '');
}
