// Whose log it is, by name (spec/card.md, "Names"): looked up once a log, and only when somebody asks.

import type { LogId, PersonId } from '../../format/ids.js';
import { recall } from '../../format/lru.js';
import { cardNameBytes } from '../../identity/card.js';
import type { Contacts } from '../../identity/contacts.js';
import { acceptedContact, decidedRelation } from '../../identity/relations.js';
import type { Self } from '../../identity/self.js';
import { placementOf } from '../../repository/placement.js';
import type { Repository } from '../../repository/repository.js';
import type { AuthorView } from './view.js';

/** The authors of logs. */
export interface People {
  /** Who writes the log; without a verified introduction nobody is known to. */
  authorOf(log: LogId): AuthorView;
  /** Whether we ourselves do. */
  isOwn(log: LogId): boolean;
  /** Whether its author was blocked here. */
  isBlocked(log: LogId): boolean;
  /** Whether somebody is neither ourselves nor blocked; nobody known is. */
  isOther(person: PersonId | undefined): boolean;
}

/** What people are known by. */
export interface Acquainted {
  readonly repository: Repository;
  readonly self: Self;
  readonly contacts: Contacts;
}

/** Authors that are kept: a topic may have very many. */
const AUTHORS_MAX = 4_096;
const NOBODY: AuthorView = { device: undefined, person: undefined, name: '', contact: undefined };

/** The authors of the repository's logs. */
export function openPeople(around: Acquainted): People {
  const { repository, self } = around;
  const authors = new Map<LogId, AuthorView>();
  const authorOf = (log: LogId): AuthorView => recall(authors, log, AUTHORS_MAX, () => readAuthor(around, log));
  const isBlocked = (person: PersonId | undefined): boolean => decidedRelation(around, person) === 'blocked';
  const personOf = (log: LogId): PersonId | undefined => authors.get(log)?.person ?? repository.log(log)?.person;
  return {
    authorOf,
    isOwn: (log) => personOf(log) === self.person,
    isBlocked: (log) => isBlocked(personOf(log)),
    isOther: (person) => person !== self.person && !isBlocked(person),
  };
}

function readAuthor({ repository, self, contacts }: Acquainted, log: LogId): AuthorView {
  const { person, device } = repository.log(log) ?? NOBODY;
  if (!person) return NOBODY;
  if (person === self.person) return { device, person, name: self.name, contact: undefined };
  let name: string | undefined;
  return {
    device,
    person,
    contact: acceptedContact({ contacts }, person)?.petname,
    // a contact goes by its petname, and its introduction, a segment of its own, is mostly not needed
    get name() {
      name ??= selfChosenName(repository, log);
      return name;
    },
  };
}

function selfChosenName(repository: Repository, log: LogId): string {
  const placement = placementOf(repository, log);
  return placement ? cardNameBytes(placement.card).toString('utf8') : '';
}
