// What forgetting does not reach, said by each command that forgets (spec/security.md, "Forgetting").
import type { Context } from '../command/context.js';

/** That what was overwritten may lie elsewhere all the same. */
export function noteForgotten(context: Context): void {
  context.note('What held it here was overwritten. Flash disks, snapshots, backups and swap may keep older copies.');
}
