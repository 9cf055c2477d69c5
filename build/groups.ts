// Which parts of the program are compiled together: those that the same of the everyday commands need. What no such command
// needs is a group of its own. A command compiles a few texts that way, and nothing that it does not need.
import type { Part } from './pack.js';

/** A module that the bundler made, and the module of the sources that it begins with, if it is loaded by itself. */
export interface BundledPart extends Part {
  readonly entry: string | undefined;
  /** Names of the parts that are loaded before it. */
  readonly needs: readonly string[];
}

/** What every command that opens a repository loads. */
const ALWAYS = [
  'src/cli/main.ts',
  'src/cli/command/command-line.ts',
  'src/repository/repository.ts',
  'src/topic/message/interpret.ts',
  'src/format/signature/signature.ts',
];
/** The everyday commands (src/cli/command/table/called.ts), by where they are declared and their bodies are. */
const COMMANDS = {
  post: 'conversation',
  status: 'conversation',
  read: 'conversation',
  export: 'exchange',
  import: 'exchange',
};

/**
 * The parts by group; the program's own first one is the first of all.
 * @throws Error when a module that is named here is not among them
 */
export function groupParts(parts: readonly BundledPart[]): BundledPart[][] {
  const commands = Object.entries(COMMANDS).map(([name, folder]) => [
    ...ALWAYS,
    `src/cli/command/table/${folder}.ts`,
    `src/cli/commands/${folder}/${name}.ts`,
  ]);
  // what every command line needs, also one that only asks for the version, is one by itself
  const needs = [ALWAYS.slice(0, 1), ...commands].map((entries) => neededBy(entries, parts));
  const groups = new Map<string, BundledPart[]>();
  for (const part of parts) {
    const users = needs.map((needed) => (needed.has(part.name) ? 1 : 0)).join('');
    const key = users.includes('1') ? users : part.name;
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  const isMain = ({ entry }: BundledPart): boolean => entry === ALWAYS[0];
  const byFirst = [...groups.values()].sort((a, b) => Number(b.some(isMain)) - Number(a.some(isMain)));
  return byFirst.map((group) => group.sort((a, b) => Number(isMain(b)) - Number(isMain(a))));
}

/** Names of the parts that are loaded with these modules of the sources. */
function neededBy(entries: readonly string[], parts: readonly BundledPart[]): Set<string> {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const needed = new Set<string>();
  const add = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const other of byName.get(name)?.needs ?? []) add(other);
  };
  for (const entry of entries) {
    const part = parts.find((one) => one.entry === entry);
    if (!part) throw new Error(`nothing loads ${entry}`);
    add(part.name);
  }
  return needed;
}
