// A service as text, for people who install things themselves (spec/cli.md, "service").

import { quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';
import type { ServicePlan, System } from './plan.js';

/** The file and the commands; what is no command of a shell is a comment in it. */
export function formatPlan(
  system: System,
  plan: Pick<ServicePlan, 'file' | 'content'> | undefined,
  commands: readonly (readonly string[])[],
): string {
  const mark = system === 'windows' ? 'rem' : '#';
  const file = plan ? [`${mark} ${escapeLine(plan.file)}:`, '', plan.content, `${mark} then:`] : [];
  return `${[...file, ...commands.map((command) => command.map((word) => wordFor(system, word)).join(' '))].join('\n')}\n`;
}

function wordFor(system: System, word: string): string {
  if (/^[\w./:\\@+=-]+$/.test(word)) return word;
  return system === 'windows' ? `"${escapeLine(word)}"` : quoteWord(word);
}
