// Files on Swarm as a drive (spec/drive.md, "Swarm"). A feed of one's own leads to what lies there; another one, to the folder that
// gateways show, when the list of the drive is put.
import { SatchelError } from '../../src/format/error.js';
import { DRIVE_INDEX } from '../../src/sync/drive/drive-index.js';
import { isSafeName } from '../../src/sync/medium/names.js';
import { type CredentialsPlace, credentialsFor } from '../../src/sync/store/credentials.js';
import type { Write } from '../answer.js';
import type { ListedFile, Place } from '../web/answer.js';
import { baseOf, Kept, serverAt, settingsOf } from '../web/server.js';
import { Bee, type Feed } from './bee.js';
import { keccak, ownerOf } from './chunk.js';
import { type FileMap, filesIn, formatMap, manifestIn, noteManifest, parseMap } from './file-map.js';
import { type TarFile, tarOf } from './tar.js';

/** The form of URLs. */
export const FORM = 'swarm:NAME[?api=URL&stamp=BATCH&gateway=URL]';

const USUAL_API = 'http://127.0.0.1:1633';
const USUAL_GATEWAY = 'https://api.gateway.ethswarm.org';
/** Of the map: 131,072 lines. */
const MAP_MAX = 32 * 2 ** 20;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** Where the keys of feeds are looked for. */
const MACHINE = 'swarm';

/** What a URL means. */
export interface Where {
  readonly name: string;
  readonly api: string;
  readonly stamp: string | undefined;
  readonly gateway: URL;
}

/** Reads a URL. @throws SatchelError `usage` */
function parseWhere(url: string): Where {
  const [, name = '', query = ''] = /^swarm:([^?#]*)(?:\?(.*))?$/.exec(url) ?? [];
  if (!NAME.test(name)) throw new SatchelError('usage', `${url} names no feed; it is ${FORM}`);
  const settings = settingsOf(query, ['api', 'stamp', 'gateway']);
  const stamp = settings.get('stamp');
  if (stamp !== undefined && !/^[0-9a-f]{64}$/.test(stamp))
    throw new SatchelError('usage', 'a postage batch has an id of 64 hex digits');
  const gateway = baseOf(settings.get('gateway') ?? USUAL_GATEWAY);
  return { name, api: settings.get('api') ?? USUAL_API, stamp, gateway };
}

/** The files of a feed. @throws SatchelError `usage`, `denied` */
export function openPlace(url: string, credentials: CredentialsPlace): Place {
  const where = parseWhere(url);
  const key = keyFor(where.name, credentials);
  return new Files(where, new Bee(serverAt(where.api, credentials), where.stamp), key);
}

/** @throws SatchelError `denied` without one */
function keyFor(name: string, credentials: CredentialsPlace): Buffer {
  const found = credentialsFor({ host: MACHINE, login: name }, credentials);
  const [, digits] = /^(?:0x)?([0-9a-f]{64})$/i.exec(found?.password ?? '') ?? [];
  if (digits !== undefined) return Buffer.from(digits, 'hex');
  const line = `machine ${MACHINE} login ${name} password KEY`;
  throw new SatchelError('denied', `${credentials.named} has no line "${line}" with a key of 64 hex digits`);
}

class Files implements Place {
  readonly #bee: Bee;
  readonly #gateway: URL;
  /** Leads to what lies there. */
  readonly #own: Feed;
  /** Leads to what gateways show. */
  readonly #shown: Feed;

  constructor({ name, gateway }: Where, bee: Bee, key: Buffer) {
    this.#bee = bee;
    this.#gateway = gateway;
    const owner = ownerOf(key).toString('hex');
    this.#own = { key, owner, topic: keccak(Buffer.from(`satchel/${name}`)) };
    this.#shown = { key, owner, topic: keccak(Buffer.from(`satchel/${name}/shown`)) };
  }

  async list(): Promise<readonly ListedFile[]> {
    const { map } = await this.#read();
    const files = filesIn(map).filter(([name]) => isSafeName(name));
    return files.map(([name, { size, reference }]) => ({ name, size, tag: reference }));
  }

  async get(name: string, write: Write): Promise<boolean> {
    const stored = (await this.#read()).map.get(name);
    return stored !== undefined && this.#bee.read(stored.reference, (answer) => answer.read(write));
  }

  async put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { map, next } = await this.#read();
    const before = map.get(name);
    const counted = countedOf(bytes);
    const reference = await this.#bee.put(counted.pieces());
    map.set(name, { size: counted.size, reference });
    if (name === DRIVE_INDEX) await this.#show(map);
    else if (before?.reference === reference) return;
    await this.#write(map, next);
    if (before && before.reference !== reference) await this.#bee.forget(before.reference);
  }

  async remove(name: string): Promise<boolean> {
    const { map, next } = await this.#read();
    const before = map.get(name);
    if (!before) return false;
    map.delete(name);
    await this.#write(map, next);
    await this.#bee.forget(before.reference);
    return true;
  }

  async addresses(): Promise<readonly string[]> {
    const manifest = manifestIn((await this.#read()).map);
    return manifest === undefined ? [] : [new URL(`bzz/${manifest}/`, this.#gateway).href];
  }

  /** What lies there now, and the number of the update that comes next. */
  async #read(): Promise<{ readonly map: FileMap; readonly next: bigint }> {
    const kept = new Kept(MAP_MAX);
    const next = await this.#bee.follow(this.#own, (answer) => answer.read(kept.add));
    const map = parseMap(kept.bytes.toString('latin1'));
    if (!map) throw new SatchelError('io', 'the feed leads to something that is no list of files');
    return { map, next };
  }

  async #write(map: FileMap, next: bigint): Promise<void> {
    await this.#bee.update(this.#own, next, await this.#bee.put(formatMap(map)));
  }

  /** Has gateways show what lies there now. */
  async #show(map: FileMap): Promise<void> {
    const next = await this.#bee.follow(this.#shown, () => Promise.resolve());
    const files = filesIn(map).map(([name, { size, reference }]): TarFile => {
      return {
        name,
        size,
        bytes: () => piecesOf((write) => this.#bee.read(reference, (answer) => answer.read(write))),
      };
    });
    await this.#bee.update(this.#shown, next, await this.#bee.putFolder(tarOf(files)));
    if (manifestIn(map) === undefined) noteManifest(map, await this.#bee.manifest(this.#shown));
  }
}

/** Pieces that are counted as they pass. */
function countedOf(bytes: AsyncIterable<Uint8Array>): { readonly size: number; pieces(): AsyncIterable<Uint8Array> } {
  let size = 0;
  return {
    get size() {
      return size;
    },
    async *pieces() {
      for await (const piece of bytes) {
        size += piece.length;
        yield piece;
      }
    },
  };
}

/** What is written, to be read in its time. */
async function* piecesOf(read: (write: Write) => Promise<unknown>): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const done = read((bytes) => writer.write(bytes)).then(
    () => writer.close(),
    (error) => writer.abort(error),
  );
  yield* readable;
  await done;
}
