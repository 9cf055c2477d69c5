// A repository that hostile bytes meet: it has a contact and a topic, so that much of what they say is wanted.
import { hash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EpochId, TopicId } from '../../src/format/ids.js';
import { RECIPIENTS_KEPT } from '../../src/format/limits.js';
import { createRequest, formatRequest } from '../../src/identity/device-request.js';
import { Keyring } from '../../src/identity/keyring.js';
import { decodeSecrets, encodeSecrets } from '../../src/identity/secrets.js';
import { readSelf } from '../../src/identity/self.js';
import { keepTopicKeys } from '../../src/identity/topic-keys.js';
import { layoutOf } from '../../src/repository/layout.js';
import { writeState } from '../../src/repository/state.js';
import { newTopic, readTopics, withTopic, writeTopics } from '../../src/topic/topics.js';
import { identityText } from '../testkit/identity-text.js';
import { sha256 } from '../testkit/wire.js';
import { wireIdentity } from '../testkit/wire-age.js';
import { CHILD } from '../testkit/wire-private.js';
import { FILE, type HostileCase, type Kind, type Run } from './case.js';
import { GARDEN, GARDEN_ID, GARDEN_NAME, MALLORY_CARD, statedInGarden, TOPIC_NAME, WAITING } from './cast.js';
import { measure, type Taken } from './measure.js';

/**
 * What may come and go whatever is refused; the index of keys is made when one is looked for, and which key opened something is
 * noted.
 */
const PASSING = ['tmp', 'lock', 'quarantine', path.join('index', 'keys'), path.join('journal', 'recipients.json')];

/** Repositories below one directory; `close` removes it. */
export class Scene {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-hostile-'));
  readonly #template = path.join(this.directory, 'template');
  readonly #waiting = path.join(this.directory, 'waiting');
  #repository = this.#template;
  #state = '';

  /** The repositories as they are at first. */
  static async open(): Promise<Scene> {
    const scene = new Scene();
    await joinGarden(scene.#template);
    return scene;
  }

  private constructor() {
    this.#run(this.#template, ['init', '--name', 'Bob']);
    this.#run(this.#template, ['contact', 'add', MALLORY_CARD]);
    this.#run(this.#template, ['topic', 'join', TOPIC_NAME]);
    this.#run(this.#template, ['post', '-t', TOPIC_NAME, 'hello']);
    keepKeys(this.#template);
    this.#run(this.#waiting, ['device', 'request', '-o', path.join(this.directory, 'laptop.request')]);
    haveKnownKeys(this.#waiting);
  }

  /** A start of the program that does nothing. */
  start(): Taken {
    const nothing = path.join(this.directory, 'nothing');
    fs.mkdirSync(nothing, { recursive: true });
    return measure(['-C', this.#template, 'import', nothing], { cwd: this.directory });
  }

  /**
   * The repository as it was at first, and the bytes of the case beside it; returns where these lie. What is refused meets
   * the first one itself: a copy knows that it is one.
   */
  prepare(kind: Kind, one: HostileCase, content: Buffer): string {
    const file = this.restore(kind, one, content);
    this.#state = this.#digest();
    return file;
  }

  /** The same once more, for a command that is run again; what the case has changed by then is still complained of. */
  restore(kind: Kind, { isTaken }: HostileCase, content: Buffer): string {
    const met = kind.isWaiting ? this.#waiting : this.#template;
    this.#repository = isTaken ? path.join(this.directory, 'copy') : met;
    if (isTaken) fs.rmSync(this.#repository, { recursive: true, force: true });
    if (isTaken) fs.cpSync(this.#template, this.#repository, { recursive: true });
    const file = path.join(this.directory, 'given', kind.place === '-' ? 'stdin' : kind.place);
    fs.rmSync(path.join(this.directory, 'given'), { recursive: true, force: true });
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    return file;
  }

  /** One command of a case. */
  run(kind: Kind, { args }: Run, file: string): Taken {
    const words = args.map((word) =>
      word === FILE ? file : word === 'DIR' ? path.join(this.directory, 'given') : word,
    );
    const stdin = kind.place === '-' ? file : undefined;
    return measure(['-C', this.#repository, ...words], { cwd: this.directory, stdin });
  }

  /** What is wrong behind a case: the repository changed though everything was refused, or is damaged. */
  complaints({ isTaken }: HostileCase): string[] {
    if (!isTaken) return this.#digest() === this.#state ? [] : ['the repository has changed'];
    const { status, output } = measure(['-C', this.#repository, 'check', '--all'], { cwd: this.directory });
    return status === 0 ? [] : [`check ends with ${status}: ${output.slice(0, 300)}`];
  }

  close(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  #run(repository: string, args: readonly string[]): void {
    const { status, output } = measure(['-C', repository, ...args], { cwd: this.directory });
    if (status !== 0) throw new Error(`satchel ${args.join(' ')} ended with ${status}: ${output}`);
  }

  /** Of all files that a refusal must leave as they are. */
  #digest(): string {
    const root = fs.existsSync(path.join(this.#repository, '.satchel'))
      ? path.join(this.#repository, '.satchel')
      : this.#repository;
    const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const names = files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
    const kept = names.filter((name) => !PASSING.some((one) => name === one || name.startsWith(one + path.sep)));
    return kept.map((name) => `${name} ${hash('sha256', fs.readFileSync(path.join(root, name)))}`).join('\n');
  }
}

/** As many keys as a device keeps, each of which is tried on what is sealed. */
function keepKeys(directory: string): void {
  const file = path.join(directory, '.satchel/keys/secrets.json');
  const secrets = decodeSecrets(fs.readFileSync(file), file);
  const older = Array.from({ length: RECIPIENTS_KEPT - 1 }, (_, i) => {
    return { key: identityText(wireIdentity(`kept ${i}`)), from: 1, replaced: 2 };
  });
  const [newest] = secrets.recipients;
  fs.writeFileSync(file, encodeSecrets({ ...secrets, recipients: [newest, ...older] }));
}

/** Bob is in a private topic, whose keys are known. */
async function joinGarden(directory: string): Promise<void> {
  const { person } = readSelf(directory);
  const epoch = { id: CHILD.id.toString('hex') as EpochId, control: CHILD.control, data: CHILD.data };
  const keys = {
    statement: GARDEN,
    epochs: [{ ...epoch, dataHash: sha256(CHILD.data) }],
    statements: statedInGarden(Buffer.from(person, 'hex')),
  };
  await keepTopicKeys(new Keyring(directory, undefined), [keys], { random: (size) => Buffer.alloc(size, 7) });
  const made = newTopic(GARDEN_ID.toString('hex') as TopicId, GARDEN_NAME, 'private');
  writeTopics(directory, withTopic(readTopics(directory), { ...made, joined: true }));
}

/** The keys of a device that waits are those that welcomes of the corpus are for. */
function haveKnownKeys(directory: string): void {
  const { device, identity, label } = WAITING;
  const key = identityText(identity);
  const secrets = encodeSecrets({ device: device.seed, recipients: [{ key, from: 0 }], logs: new Map() });
  fs.writeFileSync(path.join(directory, '.satchel/keys/secrets.json'), secrets);
  const asked = createRequest(device.seed, { recipient: identity.recipient, label });
  writeState(layoutOf(directory), 'waiting', { request: formatRequest(asked) });
}
