// satchel whoami: the own identity (spec/cli.md, "Identity and contacts").
import { fingerprint } from '../../../identity/fingerprint.js';
import { readSelf } from '../../../identity/self.js';
import type { Context } from '../../command/context.js';
import { escapeLine } from '../../terminal/escape.js';

/** Prints name, words and ids. */
export async function run(context: Context): Promise<void> {
  const { directory } = await context.repository();
  const { device, person, name, card } = readSelf(directory);
  const words = await fingerprint(person);
  if (context.json) return context.printJson({ device, person, name, fingerprint: words, card, directory });
  context.print(context.style.bold(escapeLine(name)));
  context.print(`  words       ${words}`);
  context.print(`  person      ${person}`);
  context.print(`  device      ${device}`);
  context.print(`  repository  ${escapeLine(directory)}`);
}
