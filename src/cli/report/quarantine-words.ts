// A file in quarantine, for people and programs (spec/cli.md, "quarantine").
import { SatchelError } from '../../format/error.js';
import { shortId } from '../../format/ids.js';
import { layoutOf } from '../../repository/layout.js';
import { isWaiting, type Quarantined, quarantinedFile } from '../../repository/store/quarantine.js';
import type { Context } from '../command/context.js';
import { nextCommand } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';

/** Why it is there. */
export function whyThere(one: Quarantined): string {
  const { reason } = one;
  if (!reason) return 'unknown: the note that told it is gone';
  const code = isWaiting(one) ? '' : ` (${reason.code})`;
  return `${isWaiting(one) ? 'waits for you' : 'refused'}: ${escapeLine(reason.message)}${code}`;
}

/** Its fields in JSON. */
export function quarantinedJson(one: Quarantined): Record<string, unknown> {
  const { digest, size, reason } = one;
  const { file = null, code = null, message = null, at = null } = reason ?? {};
  return { id: digest, bytes: size, at, file, code, message, waiting: isWaiting(one) };
}

/** What it is called: where it came from, with its id. */
export function quarantinedName({ digest, reason }: Quarantined): string {
  return reason ? `${reason.file} (${shortId(digest)})` : shortId(digest);
}

/** What is wrong with it, under the name it is known by, with what can still be done. */
export function asQuarantined(context: Context, one: Quarantined, error: SatchelError): SatchelError {
  const { code, message } = error;
  const next = (verb: string): string =>
    nextCommand(context.directory, `quarantine ${verb} ${shortId(one.digest)}`, context.env);
  const file = quarantinedFile(layoutOf(context.directory), one.digest);
  const hint = `to take what is whole of it: ${next('accept --salvage')}; to delete it: ${next('drop')}`;
  return new SatchelError(code, message.replace(file, quarantinedName(one)), { cause: error, hint });
}
