// Who to be to the servers: a login with a password, a token, or what is in a file of credentials (spec/drive.md, "NATS").
import { SatchelError } from '../../src/format/error.js';
import { type CredentialsPlace, credentialsFor, credentialsText } from '../../src/sync/store/credentials.js';
import type { Place } from './place.js';

/** What is shown to the servers; nothing where nothing is found, since some servers ask for nothing. */
export type Opening =
  | { readonly user: string; readonly pass: string }
  | { readonly token: string }
  | { readonly file: string }
  | undefined;

const OF_A_USER = '-----BEGIN NATS USER JWT-----';

/** What opens the servers of a place. @throws SatchelError `usage`, `denied` */
export function openingOf({ servers, login }: Place, credentials: CredentialsPlace): Opening {
  const text = credentialsText(credentials);
  if (text.includes(OF_A_USER)) return { file: text };
  for (const { host } of servers) {
    const found = credentialsFor({ host, login }, credentials);
    if (found) return found.login === '' ? { token: found.password } : { user: found.login, pass: found.password };
  }
  if (login === undefined) return undefined;
  throw new SatchelError('denied', `there is no password for ${login} at ${servers[0]?.host} in ${credentials.named}`);
}
