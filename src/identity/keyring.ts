// The secret keys of a repository in one process: opened once, and again only when another process has written them since.
import { type PassphraseSource, readSecrets, secretsState, updateSecrets } from './keys.js';
import type { Secrets } from './secrets.js';

/** What a process holds of them. Opening costs a second under a passphrase, and asking for that costs its user's patience. */
export class Keyring {
  /** The repository's. */
  readonly directory: string;
  readonly #passphrase: PassphraseSource | undefined;
  readonly #options: { workFactor?: number | undefined };
  #held: { readonly secrets: Secrets; readonly state: string } | undefined;

  constructor(
    directory: string,
    passphrase: PassphraseSource | undefined,
    options: { workFactor?: number | undefined } = {},
  ) {
    this.directory = directory;
    this.#options = options;
    this.#passphrase = passphrase && once(passphrase);
  }

  /** Whether they were opened in this process. */
  get isOpen(): boolean {
    return this.#held !== undefined;
  }

  /** The secret keys as they are on disk. @throws SatchelError as `readSecrets` */
  async read(): Promise<Secrets> {
    // looked at before the keys are: if they change in between, they are read once more the next time
    const state = secretsState(this.directory);
    if (this.#held?.state === state) return this.#held.secrets;
    const secrets = await readSecrets(this.directory, this.#passphrase);
    this.#held = { secrets, state };
    return secrets;
  }

  /** Changes them, durably, and returns them as they are now. Only under the repository's lock. */
  async update(change: (secrets: Secrets) => Secrets): Promise<Secrets> {
    const secrets = await updateSecrets(this.directory, this.#passphrase, change, this.#options);
    this.#held = { secrets, state: secretsState(this.directory) };
    return secrets;
  }
}

function once(source: PassphraseSource): PassphraseSource {
  let asked: Promise<string> | undefined;
  return () => {
    asked ??= source();
    return asked;
  };
}
