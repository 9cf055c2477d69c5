// The warning of a file that can be done without, and that the disk did not let be written (spec/cli.md, "Errors").
import { escapeLine, jsonText } from '../terminal/escape.js';

/** One warning as people or, with `json`, as programs read it. */
export function unwrittenText(warning: {
  readonly json: boolean;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly file: string;
}): string {
  const { json, code, file } = warning;
  const message = `what was done counts, but a note of it is missing: ${warning.message}`;
  if (json) return `${jsonText({ type: 'warning', code, message, hint: warning.hint, file })}\n`;
  const hint = warning.hint === undefined ? '' : `satchel: hint: ${escapeLine(warning.hint)}\n`;
  return `satchel: warning: ${escapeLine(message)}\n${hint}`;
}
