// Three who write in one topic; one of them has the repository that is damaged, another a bundle with everything.
import path from 'node:path';
import { Replica } from './replica.js';

/** What there is before anything is damaged. */
export interface RotWorld {
  /** The home with the repository that is to be damaged, and that of a peer. */
  readonly home: string;
  readonly peer: string;
  /** A bundle with all that anybody wrote. */
  readonly bundle: string;
  /** The texts of the topic, sorted. */
  readonly texts: readonly string[];
  readonly now: number;
}

/** The topic of all of them. */
export const TOPIC = 't';

/** Makes it below a directory. Signatures must be prepared. */
export async function makeRotWorld(parent: string): Promise<RotWorld> {
  const all = await Promise.all(['ana', 'ben', 'cal'].map((name) => Replica.create(name, parent)));
  const [ana, ben, cal] = all as [Replica, Replica, Replica];
  for (const one of all) for (const other of all) if (one !== other) one.meet(other);
  for (const one of all) one.join(TOPIC);
  const carry = async (from: Replica, to: Replica): Promise<void> => {
    const file = path.join(parent, `${from.name}-${to.name}.satchel`);
    await from.export(file, { full: true });
    to.import(file);
  };
  await ben.post(TOPIC, 'ben 1', 'ben 2');
  await cal.post(TOPIC, 'cal 1');
  await carry(cal, ben);
  await carry(ben, ana);
  await ana.post(TOPIC, 'ana 1');
  await ana.post(TOPIC, 'ana 2', 'ana 3');
  await cal.post(TOPIC, 'cal 2');
  await carry(cal, ana);
  await ana.post(TOPIC, 'ana 4');
  await carry(ana, ben);
  const texts = ana.texts(TOPIC).sort();
  const bundle = path.join(parent, 'all.satchel');
  await ben.export(bundle, { full: true });
  for (const one of all) one.repository.close();
  return { home: ana.directory, peer: ben.directory, bundle, texts, now: ana.now };
}
