// The keys that this device has in common with each that may be at the other end of a call (spec/stream.md, "Calls").
import type { DeviceKey, PersonId } from '../../format/ids.js';
import { type CallKeys, callKeys } from '../../format/stream/call.js';
import { identityOf } from '../../identity/age.js';
import { keysOfDevices } from '../../identity/recipients.js';
import { contactsOf } from '../../identity/relations.js';
import type { X25519Identity } from '../../identity/x25519.js';
import type { Session } from '../session.js';
import type { Desk } from './desk.js';

/** Keys for calls. What two keys agree on is remembered: to find it out takes longer than all else. */
export class CallBook {
  readonly #desk: Desk;
  readonly #people: readonly PersonId[] | undefined;
  #agreed = new Map<string, CallKeys | undefined>();

  /** `people`: only these may be at the other end; undefined: every contact, and oneself. */
  constructor(desk: Desk, people: readonly PersonId[] | undefined) {
    this.#desk = desk;
    this.#people = people;
  }

  /** Whether only some of those who are known may be there. */
  get isForSome(): boolean {
    return this.#people !== undefined;
  }

  /**
   * The keys in common as who calls, or as who answers: by the own newest key first. Each device is known by the newest key that
   * it was seen with; which of ours it knows, nobody can tell.
   */
  async keys(as: 'caller' | 'answerer'): Promise<CallKeys[]> {
    const { secrets } = await this.#desk.author();
    const own = await Promise.all(secrets.recipients.map(({ key }) => identityOf(key)));
    const others = devicesIn(this.#desk.session(), this.#people);
    const agreed = new Map<string, CallKeys | undefined>();
    for (const identity of own)
      for (const other of others) {
        const pair = `${identity.recipient.toString('hex')} ${other} ${as}`;
        agreed.set(pair, this.#agreed.has(pair) ? this.#agreed.get(pair) : keysWith(identity, other, as));
      }
    this.#agreed = agreed;
    return [...agreed.values()].flatMap((keys) => keys ?? []);
  }
}

/** The keys that others seal to, in hex, of all devices that may be there; our own is not. */
function devicesIn(session: Session, people: readonly PersonId[] | undefined): ReadonlySet<string> {
  const { self } = session;
  const known = [self.person, ...contactsOf(session).map(({ person }) => person)];
  const asked = people ? known.filter((person) => people.includes(person)) : known;
  const isOther = ([device]: readonly [DeviceKey, string]): boolean => device !== self.device;
  const keys = asked.flatMap((person) => [...keysOfDevices(session, person)].filter(isOther));
  return new Set(keys.map(([, key]) => key));
}

/** Undefined for a key with which none agrees: anybody may have one on its card. */
function keysWith(identity: X25519Identity, key: string, as: 'caller' | 'answerer'): CallKeys | undefined {
  const own = identity.recipient;
  const other = Buffer.from(key, 'hex');
  const secret = identity.agree(other);
  const ends = as === 'caller' ? { caller: own, answerer: other } : { caller: other, answerer: own };
  return secret && callKeys(secret, ends);
}
