// A folder among the files of a kubo node as a drive (spec/drive.md, "IPFS"). What the list of the drive names is published by a
// name of its own (IPNS) when that list is put.
import { randomBytes } from 'node:crypto';
import { SatchelError } from '../../src/format/error.js';
import { DRIVE_INDEX } from '../../src/sync/drive/drive-index.js';
import { isSafeName } from '../../src/sync/medium/names.js';
import type { CredentialsPlace } from '../../src/sync/store/credentials.js';
import type { Write } from '../answer.js';
import type { ListedFile, Place } from '../web/answer.js';
import { baseOf, fieldOf, serverAt, settingsOf } from '../web/server.js';
import { Kubo } from './kubo.js';

/** The form of URLs. */
export const FORM = 'ipfs:FOLDER[?api=URL&key=NAME&gateway=URL]';

const USUAL_API = 'http://127.0.0.1:5001';
const USUAL_GATEWAY = 'https://ipfs.io';
/** Folders in the folder that are looked into. */
const FOLDERS_MAX = 16;
const FOLDER = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const EXISTS = /already has entry|already exists/;

/** What a URL means. */
export interface Where {
  readonly folder: string;
  /** Name of the key by which it is published. */
  readonly key: string;
  readonly api: string;
  readonly gateway: URL;
}

/** Reads a URL. @throws SatchelError `usage` */
function parseWhere(url: string): Where {
  const [, folder = '', query = ''] = /^ipfs:([^?#]*)(?:\?(.*))?$/.exec(url) ?? [];
  if (!FOLDER.test(folder)) throw new SatchelError('usage', `${url} names no folder; it is ${FORM}`);
  const settings = settingsOf(query, ['api', 'key', 'gateway']);
  const key = settings.get('key') ?? `satchel-${folder.replaceAll('/', '-')}`;
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(key)) throw new SatchelError('usage', `"${key}" is no name of a key`);
  const api = settings.get('api') ?? USUAL_API;
  return { folder: `/${folder}`, key, api, gateway: baseOf(settings.get('gateway') ?? USUAL_GATEWAY) };
}

/** The folder at a URL. @throws SatchelError `usage`, `denied` */
export function openPlace(url: string, credentials: CredentialsPlace): Place {
  const where = parseWhere(url);
  return new Folder(where, new Kubo(serverAt(where.api, credentials)));
}

class Folder implements Place {
  readonly #where: Where;
  readonly #kubo: Kubo;

  constructor(where: Where, kubo: Kubo) {
    this.#where = where;
    this.#kubo = kubo;
  }

  async list(): Promise<readonly ListedFile[]> {
    const files: ListedFile[] = [];
    const folders: string[] = [];
    const top = (await this.#kubo.entries(this.#where.folder)) ?? [];
    for (const { name, size, cid, isFolder } of top) {
      if (isFolder && isSafeName(name)) folders.push(name);
      else if (isSafeName(name)) files.push({ name, size, tag: cid });
    }
    for (const folder of folders.slice(0, FOLDERS_MAX)) {
      const inside = (await this.#kubo.entries(this.#path(folder))) ?? [];
      const named = inside.map((entry) => ({ ...entry, name: `${folder}/${entry.name}` }));
      const kept = named.filter(({ name, isFolder }) => !isFolder && isSafeName(name));
      files.push(...kept.map(({ name, size, cid }) => ({ name, size, tag: cid })));
    }
    return files;
  }

  get(name: string, write: Write): Promise<boolean> {
    return this.#kubo.read('files/read', { args: [this.#path(name)] }, write);
  }

  /** What was added and has no name yet is nobody's, and goes by itself. */
  async put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const options = { pin: 'false', 'cid-version': '1', quieter: 'true', progress: 'false' };
    const cid = await this.#kubo.text('add', 'Hash', { args: [], options, file: bytes });
    await this.#name(`/ipfs/${cid}`, name);
    if (name === DRIVE_INDEX) await this.#publish();
  }

  /** What has the name already goes on having it until the other one has it. */
  async #name(cid: string, name: string): Promise<void> {
    const path = this.#path(name);
    const options = { parents: 'true' };
    try {
      await this.#kubo.ask('files/cp', { args: [cid, path], options });
    } catch (error) {
      if (!(error instanceof SatchelError) || !EXISTS.test(error.message)) throw error;
      const draft = `${path}.${randomBytes(DRAFT_BYTES).toString('hex')}~`;
      await this.#kubo.ask('files/cp', { args: [cid, draft], options });
      await this.#kubo.ask('files/mv', { args: [draft, path] });
    }
  }

  async remove(name: string): Promise<boolean> {
    return (await this.#kubo.ask('files/rm', { args: [this.#path(name)] })) !== undefined;
  }

  async addresses(): Promise<readonly string[]> {
    const id = await this.#keyId();
    return id === undefined ? [] : [new URL(`ipns/${id}/`, this.#where.gateway).href];
  }

  /** By the name of the folder's own key, which is made the first time; the node keeps it, and says it again while it runs. */
  async #publish(): Promise<void> {
    const { folder, key } = this.#where;
    const root = await this.#kubo.text('files/stat', 'Hash', { args: [folder], options: { hash: 'true' } });
    if ((await this.#keyId()) === undefined)
      await this.#kubo.text('key/gen', 'Id', { args: [key], options: { type: 'ed25519', 'ipns-base': 'base36' } });
    const options = { key, 'allow-offline': 'true', resolve: 'false', 'ipns-base': 'base36' };
    await this.#kubo.text('name/publish', 'Name', { args: [`/ipfs/${root}`], options });
  }

  async #keyId(): Promise<string | undefined> {
    const said = fieldOf(await this.#kubo.ask('key/list', { args: [], options: { 'ipns-base': 'base36' } }), 'Keys');
    const keys = Array.isArray(said) ? said : [];
    const id = fieldOf(
      keys.find((key) => fieldOf(key, 'Name') === this.#where.key),
      'Id',
    );
    return typeof id === 'string' && /^[a-z0-9]{1,128}$/.test(id) ? id : undefined;
  }

  #path(name: string): string {
    return `${this.#where.folder}/${name}`;
  }
}

const DRAFT_BYTES = 8;
