// satchel gc: merges small pieces, drops payloads that have expired or were retracted (spec/cli.md, "Upkeep").
import { tidy } from '../../../sync/maintain.js';
import { openSession } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { formatSize, plural } from '../../terminal/size.js';
import { withTransfer } from '../../terminal/transfer.js';
import { bytesInPacks } from './bytes-held.js';

/** What is tidied is read to see whether it is sound, read again, and written. */
const PASSES = 3;

/** Does it and says what changed. */
export async function run(context: Context): Promise<void> {
  const session = openSession(await context.repository());
  const done = await withTransfer(context, (transfer) => {
    transfer.begin('tidying', { bytes: bytesInPacks(session.repository), passes: PASSES });
    return session.repository.locked(() => tidy(session, { all: true }));
  });
  if (context.json) return context.printJson(done);
  const { before, after, payloadsDropped, bytesFreed, leftovers, chunksRemoved } = done;
  const parts = [
    ...(after < before ? [`${plural(before, 'segment')} became ${after}`] : []),
    ...(payloadsDropped > 0 ? [`dropped ${plural(payloadsDropped, 'payload')}`] : []),
    ...(chunksRemoved > 0 ? [`removed ${plural(chunksRemoved, 'attachment chunk')}`] : []),
    ...(leftovers > 0 ? [`removed ${plural(leftovers, 'leftover file')}`] : []),
    ...(bytesFreed > 0 ? [`freed ${formatSize(bytesFreed)}`] : []),
  ];
  context.print(parts.length > 0 ? parts.join(', ') : 'nothing to do');
}
