// Who can read along in a topic, as it is told when one is begun or joined (spec/cli.md, "Topics").
import type { Context } from '../../command/context.js';

const OPEN = 'whoever finds a bundle can read it: messages are signed, but not encrypted';
const SEALED = 'only your contacts can read what you export: messages are signed, and bundles sealed';

/** What it is by the setting: with `--open`, or on an open drive, bundles are readable by whoever finds them all the same. */
export async function whoReads(context: Context): Promise<string> {
  const { seal } = await context.config();
  return seal ? SEALED : OPEN;
}
