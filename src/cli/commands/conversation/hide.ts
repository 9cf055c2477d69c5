// satchel hide: puts a message out of sight, here only (spec/cli.md, "hide").
import { type EntryId, shortId } from '../../../format/ids.js';
import type { Repository } from '../../../repository/repository.js';
import { readHidden, writeHidden } from '../../../topic/reading/hidden.js';
import { targetAt } from '../../../topic/reading/target.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { findMessage, parsePrefix } from './find-message.js';

/** Adds the message to the hidden ones, or takes it away. */
export async function run(context: Context, args: Args<'hide'>): Promise<void> {
  const repository = await context.repository();
  const id = args.undo ? findHidden(repository, args.id) : findShown(repository, args.id);
  repository.locked(() => {
    const hidden = new Set(readHidden(repository.directory));
    if (args.undo) hidden.delete(id);
    else hidden.add(id);
    writeHidden(repository.directory, hidden);
  });
  if (context.json) context.printJson({ id, hidden: !args.undo });
  context.print(args.undo ? `${shortId(id)} is shown again` : `hid ${shortId(id)}; nobody is told`);
}

function findShown(repository: Repository, wanted: string): EntryId {
  return targetAt(repository, findMessage(repository, wanted)).id;
}

/** Few are hidden, so that one of them needs no search; what is not among them may be named all the same. */
function findHidden(repository: Repository, wanted: string): EntryId {
  const prefix = parsePrefix(wanted);
  const [only, ...others] = [...readHidden(repository.directory)].filter((id) => id.startsWith(prefix));
  return only && others.length === 0 ? only : findMessage(repository, wanted).id;
}
