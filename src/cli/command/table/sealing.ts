// Whether what a command writes can be read by whoever finds it (spec/cli.md, "Sealed and open").
import type { Option } from '../command.js';

export const SEALING = {
  open: { kind: 'flag', summary: 'readable to whoever finds it' },
  seal: { kind: 'flag', summary: 'readable only to those it is for' },
} as const satisfies Readonly<Record<string, Option>>;
