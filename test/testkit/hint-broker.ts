// A broker of hints in the memory of a test, which by chance drops, repeats and reorders what it is given.
import type { Channel } from '../../src/sync/live/live.js';
import type { Chance } from './chance.js';

/** What is done to messages: shares of all of them. */
export interface Mischief {
  readonly drops?: number;
  readonly repeats?: number;
  readonly reorders?: boolean;
}

/** Somebody at the broker. */
export interface Client {
  hear(name: string, payload: Buffer): Promise<unknown>;
}

/** Messages wait in it until they are delivered. */
export class HintBroker {
  /** Every payload that was given to it. */
  readonly given: { readonly name: string; readonly payload: Buffer }[] = [];
  dropped = 0;
  readonly #chance: Chance;
  readonly #mischief: Mischief;
  readonly #clients = new Map<Client, ReadonlySet<string>>();
  #waiting: { readonly name: string; readonly payload: Buffer }[] = [];

  constructor(chance: Chance, mischief: Mischief = {}) {
    this.#chance = chance;
    this.#mischief = mischief;
  }

  /** What somebody who connects speaks to; who it is is said by the returned function. */
  connect(): { readonly channel: Channel; is(client: Client): void } {
    let names: ReadonlySet<string> = new Set();
    let who: Client | undefined;
    const note = (): void => {
      if (who) this.#clients.set(who, names);
    };
    return {
      channel: {
        subscribe: (wanted) => {
          names = wanted;
          note();
        },
        publish: (name, payload) => {
          this.#take({ name, payload });
          return true;
        },
      },
      is: (client) => {
        who = client;
        note();
      },
    };
  }

  /** Gives everybody what waits, the sender too, as brokers do. */
  async deliver(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    while (waiting.length > 0) {
      const at = this.#mischief.reorders ? this.#chance.below(waiting.length) : 0;
      const [one] = waiting.splice(at, 1);
      if (!one) return;
      for (const [client, names] of this.#clients) if (names.has(one.name)) await client.hear(one.name, one.payload);
    }
  }

  #take(one: { readonly name: string; readonly payload: Buffer }): void {
    const { drops = 0, repeats = 0 } = this.#mischief;
    this.given.push(one);
    if (this.#chance.happens(drops)) {
      this.dropped++;
      return;
    }
    this.#waiting.push(one);
    if (this.#chance.happens(repeats)) this.#waiting.push(one);
  }
}
