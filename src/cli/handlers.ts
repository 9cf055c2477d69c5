// Where the body of each command is found; loaded only when that command runs.
import type { Context } from './context.js';
import type { Args, CommandName } from './table/commands.js';

/** A command's body. Returns 0 or nothing when done, 3 when something was refused or left out. */
export type Run<N extends CommandName> = (context: Context, args: Args<N>) => Promise<number> | Promise<void>;

type Handlers = { readonly [N in CommandName]?: () => Promise<{ readonly run: Run<N> }> };

/** One line a command: its name and its module, which exports `run`. */
export const HANDLERS = {
  'drive init': () => import('./commands/drive-init.js'),
  'drive list': () => import('./commands/drive-list.js'),
  'drive status': () => import('./commands/drive-status.js'),
  'drive topics': () => import('./commands/drive-topics.js'),
  'drive tidy': () => import('./commands/drive-tidy.js'),
  'drive drop': () => import('./commands/drive-drop.js'),
  'drive forget': () => import('./commands/drive-forget.js'),
  sync: () => import('./commands/sync.js'),
  watch: () => import('./commands/watch.js'),
  'service install': () => import('./commands/service-install.js'),
  'service uninstall': () => import('./commands/service-uninstall.js'),
  'service status': () => import('./commands/service-status.js'),
  import: () => import('./commands/import.js'),
  check: () => import('./commands/check.js'),
  gc: () => import('./commands/gc.js'),
  inspect: () => import('./commands/inspect.js'),
  verify: () => import('./commands/verify.js'),
  export: () => import('./commands/export.js'),
  init: () => import('./commands/init.js'),
  whoami: () => import('./commands/whoami.js'),
  card: () => import('./commands/card.js'),
  'contact add': () => import('./commands/contact-add.js'),
  'contact list': () => import('./commands/contact-list.js'),
  'contact rename': () => import('./commands/contact-rename.js'),
  'contact confirm': () => import('./commands/contact-confirm.js'),
  'contact block': () => import('./commands/contact-block.js'),
  'contact unblock': () => import('./commands/contact-unblock.js'),
  'contact remove': () => import('./commands/contact-remove.js'),
  read: () => import('./commands/read.js'),
  trace: () => import('./commands/trace.js'),
  'topic create': () => import('./commands/topic-create.js'),
  'topic join': () => import('./commands/topic-join.js'),
  'topic list': () => import('./commands/topic-list.js'),
  'topic switch': () => import('./commands/topic-switch.js'),
  'topic leave': () => import('./commands/topic-leave.js'),
  'topic mute': () => import('./commands/topic-mute.js'),
  'topic unmute': () => import('./commands/topic-unmute.js'),
  'topic receipts': () => import('./commands/topic-receipts.js'),
  'topic carry': () => import('./commands/topic-carry.js'),
  'passphrase set': () => import('./commands/passphrase-set.js'),
  'passphrase remove': () => import('./commands/passphrase-remove.js'),
  'config get': () => import('./commands/config-get.js'),
  'config set': () => import('./commands/config-set.js'),
  'config list': () => import('./commands/config-list.js'),
  post: () => import('./commands/post.js'),
  retract: () => import('./commands/retract.js'),
  hide: () => import('./commands/hide.js'),
  show: () => import('./commands/show.js'),
  status: () => import('./commands/status.js'),
  completion: () => import('./commands/completion.js'),
} as const satisfies Handlers;
