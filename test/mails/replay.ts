// The replay: every sender has a device, every device belongs to a site, every site has a hub that takes everything
// along, and between the hubs bundles travel on sticks.
import path from 'node:path';
import type { TopicId } from '../../src/format/ids.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import type { Draft, Posted } from '../../src/topic/writing/post.js';
import { BETWEEN_SITES, Carriage, type Fates, SAFELY, WITHIN_SITE } from './carriage.js';
import type { Corpus, Mail } from './corpus.js';
import type { Figures } from './figures.js';
import { Chance } from './seeded.js';
import { Station, type Visit } from './station.js';

/** How the replay is to run. */
export interface ReplayOptions {
  readonly seed: string;
  readonly sites: number;
  /** Into so many steps the year is cut, each with about as many mails. */
  readonly ticks: number;
  /** Below this everything is stored. */
  readonly directory: string;
}

/** A sender. */
export interface Device {
  readonly station: Station;
  readonly site: Site;
  /** What it has not posted yet. */
  queue: Mail[];
  readonly topics: Set<string>;
  /** Whether its last bundle reached the hub. */
  settled: boolean;
}

/** A place whose machines meet. */
export interface Site {
  readonly hub: Station;
  readonly devices: Device[];
}

/** A point in the schedule. */
interface Moment {
  readonly tick: number;
  /** On every machine's clock now, ms: the time of a message is its author's own. */
  readonly now: number;
}

/** How often somebody travels from one site to another in a tick, for each pair of sites. */
const TRAVEL = 0.4;
/** Rounds after which sites that still have something for each other never come to an end. */
const ROUNDS_MAX = 40;

/** All sites while the mails are sent. */
export class Replay {
  readonly sites: Site[] = [];
  readonly devices: Device[] = [];
  /** Every message by its mail's key. */
  readonly posted = new Map<string, Posted>();
  readonly #corpus: Corpus;
  readonly #options: ReplayOptions;
  readonly #figures: Figures;
  readonly #chance: Chance;
  readonly #carriage: Carriage;
  readonly #targets: ReadonlyMap<string, string>;
  #isPatient = true;

  constructor(corpus: Corpus, options: ReplayOptions, figures: Figures) {
    this.#corpus = corpus;
    this.#options = options;
    this.#figures = figures;
    this.#chance = new Chance(`${options.seed}/schedule`);
    this.#carriage = new Carriage(
      path.join(options.directory, 'bundles'),
      new Chance(`${options.seed}/fates`),
      figures,
    );
    this.#targets = targetsOf(corpus, figures);
  }

  /** Founds everybody; who belongs to one site know each other, and the hubs know each other. */
  async found(): Promise<void> {
    const { sites, seed, directory } = this.#options;
    for (let i = 0; i < sites; i++) {
      const hub = await Station.create(directory, `hub-${i}`, { name: `site ${i}`, seed });
      hub.carryAll();
      this.sites.push({ hub, devices: [] });
    }
    for (const [i, name] of this.#corpus.names.entries()) {
      const station = await this.#foundDevice(i, name);
      const site = this.#chance.pick(this.sites);
      const device = { station, site, queue: [], topics: new Set<string>(), settled: true };
      site.devices.push(device);
      this.devices.push(device);
    }
    for (const { hub, devices } of this.sites) {
      const others = this.sites.flatMap((site) => (site.hub === hub ? [] : site.hub));
      hub.meet([...others, ...devices.map(({ station }) => station)], 0);
      for (const { station } of devices) station.meet([hub], 0);
    }
  }

  /** One step: mails are written, and people travel. */
  async step(tick: number): Promise<void> {
    const share = this.#corpus.mails.slice(this.#until(tick), this.#until(tick + 1));
    for (const mail of share) this.devices[mail.sender]?.queue.push(mail);
    await this.#day({ tick, now: share.at(-1)?.received ?? 0 }, async (hubs, time) => {
      await this.#carriage.deliver(tick, hubs);
      for (const device of this.devices) {
        if (device.queue.length > 0) await this.#sync(device, hubs, time, WITHIN_SITE);
      }
      await this.#travel(hubs, tick, () => (this.#chance.happens(TRAVEL) ? BETWEEN_SITES : undefined));
    });
  }

  /** After the last mail: bundles arrive, until nobody has anything for anybody. Returns the rounds it took. */
  async comeToRest(): Promise<number> {
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      if (await this.#day(this.#lateTime(round), (hubs, time) => this.#round(hubs, time))) return round;
    }
    throw new Error(`the sites did not come to rest in ${ROUNDS_MAX} rounds`);
  }

  /** Some devices get what their site has for them in their topics; returns them. */
  async bringHome(count: number): Promise<Device[]> {
    const chosen = this.devices
      .map((device) => ({ device, place: this.#chance.number() }))
      .sort((a, b) => a.place - b.place)
      .slice(0, count)
      .map(({ device }) => device);
    await this.#day(this.#lateTime(ROUNDS_MAX), async (hubs, time) => {
      for (const device of chosen) {
        const hub = this.#hubOf(device, hubs);
        await device.station.visit(time.now, (visit) =>
          this.#pull(device.topics, visit, hub, { tick: time.tick, fates: SAFELY }),
        );
      }
    });
    return chosen;
  }

  /** Opens all hubs, lets `work` happen, and closes them. */
  async #day<T>(time: Moment, work: (hubs: readonly Visit[], time: Moment) => Promise<T>): Promise<T> {
    const hubs = await Promise.all(this.sites.map(({ hub }) => hub.open(time.now)));
    try {
      return await work(hubs, time);
    } finally {
      await this.#figures.part('close', () => {
        for (const hub of hubs) hub.close();
      });
    }
  }

  #lateTime(round: number): Moment {
    return { tick: this.#options.ticks + round * 10, now: this.#corpus.mails.at(-1)?.received ?? 0 };
  }

  /** True when nothing was left to do. */
  async #round(hubs: readonly Visit[], time: Moment): Promise<boolean> {
    await this.#carriage.deliver(time.tick, hubs);
    const before = this.posted.size;
    for (const device of this.devices) {
      if (device.queue.length > 0 || !device.settled) await this.#sync(device, hubs, time, SAFELY);
    }
    const carried = await this.#travel(hubs, time.tick, () => SAFELY);
    const waiting = this.devices.filter((device) => device.queue.length > 0);
    if (waiting.length === 0) return carried === 0;
    if (carried === 0 && this.posted.size === before) this.#isPatient = false;
    return false;
  }

  async #travel(hubs: readonly Visit[], tick: number, choose: () => Fates | undefined): Promise<number> {
    let carried = 0;
    for (const from of hubs) {
      for (const to of hubs) {
        const fates = from === to ? undefined : choose();
        if (fates && (await this.#carriage.carry({ from, to, fates, tick, route: 'across' }))) carried++;
      }
    }
    return carried;
  }

  #until(tick: number): number {
    return Math.floor((tick * this.#corpus.mails.length) / this.#options.ticks);
  }

  /** A name that is none for a card is replaced, as a person would do who is told so. */
  async #foundDevice(i: number, name: string): Promise<Station> {
    const { seed, directory } = this.#options;
    try {
      return await Station.create(directory, `device-${i}`, { name, seed });
    } catch {
      this.#figures.count('names: refused');
      return Station.create(directory, `device-${i}-again`, { name: `sender ${i}`, seed });
    }
  }

  /** Somebody with mails to send meets its site's hub: takes what it must have read, writes, and hands in. */
  async #sync(device: Device, hubs: readonly Visit[], time: Moment, fates: Fates): Promise<void> {
    const hub = this.#hubOf(device, hubs);
    const { tick } = time;
    await device.station.visit(time.now, async (visit) => {
      this.#joinTopics(device, visit);
      const unseen = new Set(device.queue.flatMap((mail) => (this.#isUnseen(mail, visit) ? mail.topic : [])));
      if (unseen.size > 0) await this.#pull(unseen, visit, hub, { tick, fates });
      await this.#figures.part('post', () => this.#postQueue(device, visit));
      const fate = await this.#carriage.carry({ from: visit, to: hub, fates, tick, route: 'up' });
      device.settled = fate === undefined || fate === 'carried' || fate === 'duplicated';
    });
  }

  #hubOf(device: Device, hubs: readonly Visit[]): Visit {
    const hub = hubs[this.sites.indexOf(device.site)];
    if (!hub) throw new Error('a device without a site');
    return hub;
  }

  #joinTopics({ queue, topics }: Device, visit: Visit): void {
    for (const { topic } of queue) {
      if (!topics.has(topic)) visit.join(topic);
      topics.add(topic);
    }
  }

  async #pull(labels: Iterable<string>, to: Visit, from: Visit, how: { tick: number; fates: Fates }): Promise<void> {
    await this.#carriage.carry({ from, to, ...how, route: 'down', topics: [...labels].map(idOf) });
  }

  /** Posts what can be posted: nobody answers what it has not seen. */
  async #postQueue(device: Device, visit: Visit): Promise<void> {
    const waiting: Mail[] = [];
    for (const mail of device.queue) {
      if (this.#isPatient && this.#isUnseen(mail, visit)) waiting.push(mail);
      else this.posted.set(mail.key, await visit.post(mail.topic, this.#draftOf(mail, visit)));
    }
    this.#figures.count('replies: times that one waited for what it answers', waiting.length);
    // mails that name each other as what they answer wait for each other: one of them is sent as it is
    this.#isPatient = true;
    device.queue = waiting;
  }

  #draftOf(mail: Mail, visit: Visit): Draft {
    const { text: body, key, date: time } = mail;
    const target = this.#targets.get(key);
    if (target === undefined) return { body, key, time };
    const reply = this.#isUnseen(mail, visit) ? undefined : this.posted.get(target);
    this.#figures.count(reply ? 'replies: resolved' : 'replies: in a circle');
    return { body, key, time, reply };
  }

  /** Whether it answers a mail of the corpus that has not come here yet. */
  #isUnseen(mail: Mail, visit: Visit): boolean {
    const target = this.#targets.get(mail.key);
    if (target === undefined) return false;
    const posted = this.posted.get(target);
    return posted === undefined || !visit.holds(posted);
  }
}

/** The topic of a list. */
export function idOf(label: string): TopicId {
  return rendezvousTopic(label);
}

/** For each mail that answers one of its own list: the closest such one. */
function targetsOf({ mails }: Corpus, figures: Figures): ReadonlyMap<string, string> {
  const topics = new Map(mails.map((mail) => [mail.key, mail.topic]));
  const targets = new Map<string, string>();
  for (const { key, topic, answers } of mails) {
    const inside = answers.filter((answer) => answer !== key && topics.has(answer));
    const target = inside.find((answer) => topics.get(answer) === topic);
    if (target !== undefined) targets.set(key, target);
    else if (inside.length > 0) figures.count('replies: to another list');
    else if (answers.length > 0) figures.count('replies: to mails nobody has');
  }
  return targets;
}
