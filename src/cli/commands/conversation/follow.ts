// read --follow: waits for commits, and shows what they bring to the topic (spec/cli.md, "read").
import { readContacts } from '../../../identity/contacts.js';
import { readSelf } from '../../../identity/self.js';
import type { Repository } from '../../../repository/repository.js';
import { readArrived, type Wanted } from '../../../topic/reading/reading.js';
import { openViewer } from '../../../topic/reading/viewer.js';
import type { Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Display } from '../../report/display.js';
import { openKeyRenewal } from '../topics/topic-keys.js';
import { nextChange } from './next-change.js';
import { newsLeft, noteRead } from './read-mark.js';

/** What is followed, and where it is shown. */
export interface Followed {
  readonly repository: Repository;
  readonly topics: readonly Topic[];
  readonly wanted: Wanted;
  readonly display: Display;
  /** Whether what is shown counts as read. */
  readonly marks: boolean;
}

/** Shows what arrives until a signal comes. */
export async function follow(context: Context, followed: Followed): Promise<void> {
  const { repository, topics, wanted, display, marks } = followed;
  const { signal } = context.interruption();
  let shown = repository.lastArrival;
  const renewKeys = openKeyRenewal(context);
  while (!signal.aborted) {
    context.stdout.flush();
    await nextChange([repository.layout.packs], signal);
    await renewKeys();
    repository.refresh();
    if (repository.lastArrival === shown) continue;
    const { directory } = repository;
    const around = { repository, self: readSelf(directory), contacts: readContacts(directory) };
    for (const topic of topics) {
      const viewer = openViewer(around, topic);
      const { unread } = display.show(viewer, readArrived(repository, viewer, wanted, shown));
      context.stdout.flush();
      if (marks && newsLeft(repository, viewer, unread) === 0) noteRead(repository, viewer);
    }
    shown = repository.lastArrival;
  }
}
