// A device of somebody gets a new key that others seal to, as the next bundle would make it.
import { renewCard } from '../../src/identity/create.js';
import { newRecipient } from '../../src/identity/rotation.js';
import type { Replica } from './replica.js';

/** The new key, and a card with it. */
export async function renewKey(one: Replica): Promise<void> {
  const author = await one.author();
  const { random } = one.repository.world;
  const secrets = await author.save(await newRecipient(random, { now: one.now, removed: [] }));
  await renewCard(one.directory, secrets, { now: one.now });
}
