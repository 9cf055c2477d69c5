// The options every command takes (spec/cli.md, "Global options").
import type { Option } from '../command.js';

/** Options that may stand before or after the command's name. */
export const GLOBAL_OPTIONS = {
  directory: { kind: 'text', short: 'C', value: 'DIR', summary: 'use the repository in DIR/.satchel' },
  json: { kind: 'flag', summary: 'print JSON for programs' },
  quiet: { kind: 'flag', short: 'q', summary: 'print nothing on success' },
  'lock-timeout': { kind: 'number', value: 'SECONDS', summary: 'wait this long for another command (default 10)' },
  'no-color': { kind: 'flag', summary: 'no colours' },
} as const satisfies Record<string, Option>;

/** Options answered before any command runs. */
export const ANSWERED_OPTIONS = {
  help: { kind: 'flag', short: 'h', summary: 'show this help' },
  version: { kind: 'flag', short: 'V', summary: 'show the version' },
} as const satisfies Record<string, Option>;
