// Messages of which nothing tells when they came here (spec/cli.md, "read").
import type { Context } from '../command/context.js';
import { jsonText } from '../terminal/escape.js';
import { plural } from '../terminal/size.js';

const HINT = '"satchel read --since" asks for when messages were written, which each of them tells';

/** Says how many messages could not be judged by when they came. */
export function warnOfUnknown({ json, quiet, stdout, stderr }: Context, count: number): void {
  if (quiet) return;
  const message = `of ${plural(count, 'message')} nothing tells any more when they came here; they are left out`;
  stdout.flush();
  stderr.write(
    json
      ? `${jsonText({ type: 'warning', code: 'arrival-unknown', message, hint: HINT, count })}\n`
      : `satchel: warning: ${message}\nsatchel: hint: ${HINT}\n`,
  );
  stderr.flush();
}
