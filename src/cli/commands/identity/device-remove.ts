// satchel device remove: a device is the user's no longer (spec/cli.md, "Your devices").
import { SatchelError } from '../../../format/error.js';
import { type DeviceKey, shortId, type TopicId } from '../../../format/ids.js';
import type { DeviceList, LabelledDevice } from '../../../identity/device-list.js';
import { namedLeftOut } from '../../../identity/device-names.js';
import { assertDeviceKey } from '../../../identity/key-halves.js';
import { ownDevices } from '../../../identity/own-devices.js';
import { deviceToRemove, removeDevice } from '../../../identity/remove-device.js';
import { readSelf } from '../../../identity/self.js';
import { openSession } from '../../../sync/session.js';
import { viewTopic } from '../../../topic/private/topic-view.js';
import { type TimeEffect, timeEffect } from '../../../topic/writing/time-effect.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatMoment } from '../../terminal/time.js';
import { lastCommit, type Since, sinceOf } from '../topics/since.js';
import { openTopicKeys } from '../topics/topic-keys.js';
import { deviceLabel } from './device-label.js';

/** Asks whether it is meant, and removes it for ever. */
export async function runRemove(context: Context, args: Args<'device remove'>): Promise<void> {
  const session = openSession(await context.repository());
  const { self } = session;
  const since = sinceOf(args.since, context.world.now());
  const { directory } = session.repository;
  const author = { self, label: deviceLabel() };
  const choice = { which: args.device, leftOut: namedLeftOut(session, directory) };
  const removed = deviceToRemove(author, ownDevices(directory, self), choice);
  if (!args.yes) await assertMeant(context, removed);
  const { generation, version } = await remove(context, removed, since);
  const { device, label } = removed;
  const topics = since ? await effects(context, device) : [];
  if (context.json) {
    return context.printJson({ device, label, generation, version, since: since?.timeMs ?? null, topics });
  }
  context.print(`"${escapeLine(label)}" is no device of yours any more.`);
  context.note(
    'Your friends and your other devices hear of it with your next bundles, and seal nothing for it from then on.',
  );
  context.note('What it holds already it keeps; what it wrote stays where it is.');
  if (!since) return;
  context.note(`In private topics nothing of it counts that came here after ${formatMoment(since.timeMs)}.`);
  for (const { name, counts } of topics) {
    if (counts !== 'before') context.note(EFFECT_WORDS[counts](`"${escapeLine(name)}"`));
  }
}

/** A private topic, and what counts there of the device. */
interface Effect {
  readonly name: string;
  readonly topicId: TopicId;
  readonly counts: TimeEffect;
}

/** The private topics in which the device said anything. */
async function effects(context: Context, device: DeviceKey): Promise<Effect[]> {
  const repository = await context.repository();
  const { self, topics } = openSession(repository);
  const topicsHere = topics.topics.filter(({ kind }) => kind === 'private');
  await openTopicKeys(context, topicsHere, 'ask');
  const devices = ownDevices(repository.directory, self);
  return topicsHere.flatMap(({ topic, label }) => {
    const view = viewTopic(repository, topic);
    const counts = view && timeEffect(repository, self, view, { devices, device });
    return counts ? [{ name: label, topicId: topic, counts }] : [];
  });
}

const EFFECT_WORDS: Readonly<Record<Exclude<TimeEffect, 'before'>, (topic: string) => string>> = {
  nothing: (topic) => `Of ${topic} nothing of it was here by then: nothing of it counts there.`,
  stated: (topic) =>
    `Not so in ${topic}: whom it added and removed before you last said there which devices are yours stays. See "satchel topic members".`,
  all: (topic) => `Not so in ${topic}: all of it counts, since it began that topic.`,
};

async function assertMeant(context: Context, { device, label }: LabelledDevice): Promise<void> {
  if (!context.canAsk()) {
    throw new SatchelError('usage', 'there is no terminal to ask whether the device is to go for ever', {
      hint: 'give --yes if it is',
    });
  }
  const question = `Remove "${escapeLine(label)}" (${shortId(device)})? It does not come back.`;
  if (await confirm(context, question)) return;
  throw new SatchelError('usage', 'nothing was removed', { hint: 'answer "y" to remove it' });
}

async function remove(context: Context, { device }: LabelledDevice, since: Since | undefined): Promise<DeviceList> {
  const repository = await context.repository();
  const secrets = await (await context.keyring()).read();
  const { directory, world } = repository;
  return repository.locked(() => {
    const self = readSelf(directory);
    assertDeviceKey(self, secrets);
    const chosen = since ? { isChosen: true } : {};
    const removing = { device, now: world.now(), commit: lastCommit(repository, since), ...chosen };
    return removeDevice(directory, { self, secrets, label: deviceLabel() }, removing);
  });
}
