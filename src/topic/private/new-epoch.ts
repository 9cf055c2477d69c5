// A new epoch: two secrets, the statement that names them, and a wrap for the devices of members (spec/private.md, "Epoch",
// "Usable epochs"; spec/epochs.md, "Links").
import { SatchelError } from '../../format/error.js';
import type { DeviceKey, EpochId, PersonId } from '../../format/ids.js';
import { EPOCH_PERSON_LISTS_MAX, EPOCH_TO_MAX, SEALED_RECIPIENTS_MAX } from '../../format/limits.js';
import { EPOCH_SECRET, type EpochKeys, epochOf, type WholeEpoch } from '../../format/private/epoch.js';
import type { EpochBody, NamedLists } from '../../format/private/epoch-body.js';
import { linksTo } from '../../format/private/link.js';
import type { WrappedTo } from '../../format/private/wrapped-to.js';
import { canSealTo } from '../../identity/recipients.js';
import { sealWraps } from '../../identity/wraps.js';
import { carriedLists } from '../members/carried-past.js';
import { isGreater } from '../members/device-rulings.js';
import { epochsIn, type PlacedEpoch } from '../members/entitled.js';
import { reachable } from '../members/keys-known.js';
import { planLinks } from '../members/links.js';
import { listState } from '../members/list-state.js';
import { participants } from '../members/resolve.js';
import type { StatedList } from '../members/statement.js';
import type { LiveKeyring } from '../message/keyring.js';
import type { KnownAround } from './keys-known.js';
import { controlDraft } from './log-sealing.js';
import { type NewStatement, newStatement, packed, type StatementAuthor, signedLists } from './statement-drafts.js';
import type { TopicView } from './topic-view.js';

/** What an epoch is made with. */
export interface EpochMaking {
  readonly view: TopicView;
  readonly around: KnownAround;
  readonly keyring: LiveKeyring;
  readonly author: StatementAuthor;
  /** The newest epoch that counts, under which the statement is repeated for who cannot open the wrap. */
  readonly before: PlacedEpoch | undefined;
  readonly now: number;
  random(size: number): Buffer;
}

/** A new epoch, whose keys are to be kept before anything is written, and what is to be written of it. */
export interface MadeEpoch {
  readonly keys: WholeEpoch;
  readonly drafts: readonly ReturnType<typeof controlDraft>[];
}

/** Makes one for all who take part; the first of a topic is for the own devices alone: the others get letters. */
export async function makeEpoch(making: EpochMaking): Promise<MadeEpoch> {
  const { view, around, random, before, author, now } = making;
  const keys = epochOf(random(EPOCH_SECRET), random(EPOCH_SECRET));
  const isFirst = epochsIn(view.resolution).length === 0;
  const people = isFirst ? [author.self.person] : participants(view.resolution);
  const to = people.flatMap((person) => wrappable(around, person));
  if (to.length > EPOCH_TO_MAX) {
    throw new SatchelError('over-limit', `the topic has ${to.length} devices, at most ${EPOCH_TO_MAX} are possible`);
  }
  const body = bodyOf(making, keys, new Set(people), to);
  const made = newStatement(view, author, body, now);
  const wraps = await wrapped(making, keys, made, to);
  const drafts = before ? [...repeated(making, made, before), ...wraps] : [...wraps, ...carried(making, made, keys.id)];
  return { keys, drafts };
}

/** Devices that can be encrypted to, with the serial of the card whose key is used. */
export function wrappable({ known, cardOf }: KnownAround, person: PersonId): readonly WrappedTo[] {
  return reachable(known, person).flatMap((device) => {
    const card = cardOf(device);
    return card && canSealTo(card.recipient) ? [{ device, serial: card.serial }] : [];
  });
}

/** Keys of the topic in a wrap for each hundred or so of these devices. */
export async function wrapsFor(
  { view, around, random }: Pick<EpochMaking, 'view' | 'around' | 'random'>,
  epochs: readonly EpochKeys[],
  to: readonly WrappedTo[],
): Promise<readonly { readonly wrap: Buffer; readonly to: readonly WrappedTo[] }[]> {
  const wraps: { wrap: Buffer; to: readonly WrappedTo[] }[] = [];
  for (let at = 0; at < to.length; at += SEALED_RECIPIENTS_MAX) {
    const group = to.slice(at, at + SEALED_RECIPIENTS_MAX);
    const recipients = group.flatMap(({ device }) => around.cardOf(device)?.recipient ?? []);
    const [wrap] = await sealWraps({ topic: view.topic, epochs }, recipients, random);
    if (wrap) wraps.push({ wrap, to: group });
  }
  return wraps;
}

function bodyOf(
  { view, around, keyring }: EpochMaking,
  keys: WholeEpoch,
  people: ReadonlySet<PersonId>,
  to: readonly WrappedTo[],
): EpochBody {
  const { known, personOf } = around;
  const plan = planLinks({ resolution: view.resolution, known, personOf }, people);
  const keysOf = ({ says }: PlacedEpoch): EpochKeys[] => {
    const one = keyring.epoch(view.topic, says.epoch);
    return one ? [one] : [];
  };
  const links = linksTo(keys, { control: plan.control.flatMap(keysOf), data: plan.data.flatMap(keysOf) });
  const lists = participants(view.resolution).flatMap((person) => namedLists(person, known.listsOf(person)));
  return { kind: 'epoch', epoch: keys.id, to, lists, ...links };
}

/** The list that counts, and those without which what the person removed is not complete. */
function namedLists(person: PersonId, all: readonly StatedList[]): readonly NamedLists[] {
  const { generation, authority } = listState(all);
  const counting = all.filter((list) => list.generation === generation && list.authority === authority);
  const [first, ...others] = [...counting].sort((a, b) => (isGreater(a, b) ? -1 : 1));
  if (!first) return [];
  const told = new Set<DeviceKey>(first.removed);
  const needed = others.filter(({ removed }) => {
    const isNews = removed.some((device) => !told.has(device));
    for (const device of removed) told.add(device);
    return isNews;
  });
  const digests = needed.slice(0, EPOCH_PERSON_LISTS_MAX - 1).map(({ digest }) => digest);
  return [{ person, lists: [first.digest, ...digests.sort()] }];
}

/** Under the epoch before its statement, and what belongs to that, for who cannot open the wrap. */
function repeated(making: EpochMaking, made: NewStatement, { says: { epoch } }: PlacedEpoch) {
  return [...carried(making, made, epoch), controlDraft({ statements: [made.statement] }, { epoch })];
}

/** What others may lack of its past, and the lists that it names. */
function carried({ view, around }: EpochMaking, made: NewStatement, epoch: EpochId) {
  const lists = signedLists(carriedLists(view.held.graph, made.placed as PlacedEpoch), around.listOf);
  return [
    ...made.before.map((statements) => controlDraft({ statements }, { epoch })),
    ...packed(lists).map((some) => controlDraft({ lists: some }, { epoch })),
  ];
}

async function wrapped(making: EpochMaking, keys: WholeEpoch, { statement }: NewStatement, to: readonly WrappedTo[]) {
  const wraps = await wrapsFor(making, [keys], to);
  const epoch = keys.id;
  return wraps.map(({ wrap, to: devices }, i) =>
    i === 0
      ? controlDraft({ statements: [statement] }, { wrap, epoch })
      : controlDraft({ shared: { epochs: [epoch], devices, isControlAlone: false } }, { wrap, epoch }),
  );
}
