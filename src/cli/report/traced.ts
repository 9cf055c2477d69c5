// A message whose way is told (spec/cli.md, "trace").
import type { Trace } from '../../sync/known/trace.js';
import type { Session } from '../../sync/session.js';
import type { People } from '../../topic/reading/people.js';
import type { MessageView } from '../../topic/reading/view.js';

/** One message, followed. */
export interface Traced {
  readonly session: Session;
  readonly view: MessageView;
  readonly people: People;
  readonly trace: Trace;
}
