// What a device knows of keys in a topic that is told as a graph: everything, but for what a test says.
import type { DeviceKey, EpochId, PersonId } from '../../src/format/ids.js';
import { HeldStatements } from '../../src/topic/members/held.js';
import type { KeysKnown } from '../../src/topic/members/keys-known.js';
import { listState } from '../../src/topic/members/list-state.js';
import type { Resolution } from '../../src/topic/members/resolve.js';
import { type GraphList, type GraphStatement, idOf, listOf, nameOf, personOf, statementsOf } from './members-graph.js';

/** What is held and known. */
export interface KeysScene {
  readonly statements: readonly GraphStatement[];
  /** Device lists known here, by hash. */
  readonly lists?: readonly (GraphList & { readonly person: string; readonly hash: string })[];
  /** Devices whose cards are not known. */
  readonly cardless?: readonly string[];
  /** The newest serial of a device where it is not 1. */
  readonly serials?: Readonly<Record<string, number>>;
  /** Current devices of people of whom no list is known, where it is not the one that bears their name. */
  readonly current?: Readonly<Record<string, readonly string[]>>;
  /** Epochs whose secrets are not here. */
  readonly lacking?: readonly string[];
  /** Epochs of which the control secret alone is here. */
  readonly controlAlone?: readonly string[];
  /** Statements that a letter brought, and no log. */
  readonly byLetter?: readonly string[];
}

/** A view of it; Ana and Bea own the topic, and this is Ana's device. */
export interface SceneView {
  readonly held: HeldStatements;
  readonly resolution: Resolution;
  readonly known: KeysKnown;
  readonly personOf: (device: DeviceKey) => PersonId;
  readonly spent: ReadonlySet<PersonId>;
}

/** The scene as the program sees it. */
export function keysScene(scene: KeysScene): SceneView {
  const owners = ['ana', 'bea'];
  const held = new HeldStatements({ owners: owners.map((name) => idOf<PersonId>(name)), own: idOf<DeviceKey>('ana') });
  held.take(statementsOf({ owners, statements: scene.statements }));
  return {
    held,
    resolution: held.resolution,
    known: knownIn(scene),
    personOf: (device) => idOf<PersonId>(personOf(nameOf(device))),
    spent: new Set(),
  };
}

function knownIn({
  lists = [],
  cardless = [],
  serials = {},
  current = {},
  lacking = [],
  controlAlone = [],
  byLetter = [],
}: KeysScene): KeysKnown {
  const known = lists.map((list) => listOf(list, list.authority));
  const listsOf = (person: PersonId) => known.filter((list) => list.person === person);
  const isHere = (epoch: EpochId): boolean => !lacking.includes(nameOf(epoch));
  return {
    list: (digest) => known.find((list) => list.digest === digest),
    listsOf,
    currentOf: (person) => {
      const listed = listsOf(person);
      const name = nameOf(person);
      return listed.length > 0
        ? listState(listed).current
        : (current[name] ?? [name]).map((one) => idOf<DeviceKey>(one));
    },
    serialOf: (device) => (cardless.includes(nameOf(device)) ? undefined : (serials[nameOf(device)] ?? 1)),
    hasControl: isHere,
    hasData: (epoch) => isHere(epoch) && !controlAlone.includes(nameOf(epoch)),
    isInLog: (statement) => !byLetter.includes(nameOf(statement)),
  };
}
