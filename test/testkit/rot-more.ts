// A second world for rot: with attachments, a log that contradicts itself, files that were set aside, and keys that sign.
import fs from 'node:fs';
import path from 'node:path';
import { blobReferences } from '../../src/repository/store/blob-refs.js';
import { readProof } from '../../src/repository/store/forks.js';
import {
  isAsSetAside,
  keepAside,
  listQuarantine,
  type Reason,
  setAside,
} from '../../src/repository/store/quarantine.js';
import { spoolFile } from '../../src/sync/import/source.js';
import { attach, chunksOf } from './attach.js';
import { Replica } from './replica.js';
import { copyOf, makeFriends } from './replicas.js';
import { type RotWorld, TOPIC } from './rot-world.js';

/** What there is besides, to be given once more. */
export interface MoreWorld extends RotWorld {
  /** A file that was refused, and one that waits for its user's decision. */
  readonly refused: string;
  readonly waiting: string;
}

/** Makes it below a directory. Signatures must be prepared. */
export async function makeMoreWorld(parent: string): Promise<MoreWorld> {
  const [ana, ben, cal] = (await makeFriends(parent, ['ana', 'ben', 'cal'], TOPIC)) as [Replica, Replica, Replica];
  const carry = async (from: Replica, to: Replica): Promise<void> => {
    const file = path.join(parent, `${from.name}-${to.name}.satchel`);
    await from.export(file, { full: true });
    to.import(file);
  };
  await attach(ben, TOPIC, 'ben 1, with two chunks', chunksOf('ben', 2));
  await cal.post(TOPIC, 'cal 1');
  const twin = copyOf(cal, 'twin');
  await cal.post(TOPIC, 'cal 2');
  await twin.post(TOPIC, 'cal 2, the other one');
  for (const one of [cal, twin, ben]) await carry(one, ana);
  await attach(ana, TOPIC, 'ana 1, with a chunk', chunksOf('ana', 1));
  await ana.post(TOPIC, 'ana 2');
  await carry(ana, ben);
  for (const one of [cal, twin]) await carry(one, ben);
  const refused = path.join(parent, 'refused.satchel');
  fs.writeFileSync(refused, 'what somebody sent, and what is no bundle');
  const waiting = path.join(parent, 'waiting.satchel');
  const dora = await Replica.create('dora', parent);
  await dora.post(TOPIC, 'dora 1');
  await dora.export(waiting, { full: true });
  giveAgain(ana, { refused, waiting });
  const bundle = path.join(parent, 'all.satchel');
  await ben.export(bundle, { full: true });
  const texts = factsOf(ana);
  for (const one of [ana, ben, cal, twin, dora]) one.repository.close();
  return { home: ana.directory, peer: ben.directory, bundle, texts, now: ana.now, refused, waiting };
}

/** Everything that must not be lost, a line each, sorted. */
export function factsOf(ana: Replica): readonly string[] {
  // which reads what was decided
  const { repository } = ana.session;
  const { layout, blobs } = repository;
  const attachments = [...blobReferences(repository)].filter(({ root }) => {
    const list = blobs.list(root);
    return list && Array.from({ length: list.count }, (_, i) => list.hash(i)).every((one) => blobs.readIfGood(one));
  });
  const frozen = [...repository.frozen].map(([log, length]) => `${log} ends at ${length}`);
  const proven = [...repository.frozen].filter(([log]) => readProof(layout.proofs, log));
  const aside = listQuarantine(layout).filter(({ digest }) => isAsSetAside(layout, digest));
  return [
    ...ana.texts(TOPIC),
    ...ana.marked(TOPIC).map((text) => `marked: ${text}`),
    ...attachments.map(({ root }) => `attachment ${root}`),
    ...frozen,
    ...proven.map(([log]) => `${log} is proven`),
    ...aside.map(({ digest, reason }) => `set aside: ${digest} ${reason?.code}`),
  ].sort();
}

/** Sets the two files aside as an import does. */
export function giveAgain({ repository }: Replica, { refused, waiting }: Pick<MoreWorld, 'refused' | 'waiting'>): void {
  const { layout, world } = repository;
  for (const file of [refused, waiting]) {
    const source = spoolFile(file, layout.tmp);
    const reason = { digest: source.digest, file, message: 'as it was', at: world.now() };
    const code: Reason['code'] = file === refused ? 'bad-bundle' : 'stranger';
    const keep = file === refused ? setAside : keepAside;
    repository.locked(() => keep(layout, source, { ...reason, code }));
    source.close();
  }
}
