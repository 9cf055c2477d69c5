// Who is in a private topic no more, as far as its statements are held (spec/private.md, "Roles").
import type { PersonId } from '../../format/ids.js';
import { isOnSelf } from '../members/resolve.js';
import { ROLE } from '../members/statement.js';
import type { TopicView } from './topic-view.js';

/** How somebody came to be in it no more: `by` is who removed it. */
export type Out = { readonly state: 'left' } | { readonly state: 'removed'; readonly by: PersonId };

/** How a person that was in it came out of it; undefined for who is in it, or never was. */
export function outOf({ resolution }: TopicView, person: PersonId): Out | undefined {
  if (resolution.role(person) >= ROLE.member) return undefined;
  const last = resolution.setsOn(person).at(-1);
  if (!last) return undefined;
  return isOnSelf(last) ? { state: 'left' } : { state: 'removed', by: last.author.person };
}
