// Dovecot on this computer, for as long as some tests last, without whatever its system has set up for it; and a connection to it
// that can be counted, held up and cut.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net, { type AddressInfo, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A mail server with mailboxes. */
export interface ImapServer {
  /** Over TLS, by a certificate for `localhost` that nobody knows but by the file `authority`. */
  readonly port: number;
  /** Without encryption. */
  readonly plainPort: number;
  readonly authority: string;
  /** Everything that it stores. */
  readonly mail: string;
  stop(): Promise<void>;
}

/** A mailbox: who opens it, and with how much room. */
export interface Mailbox {
  readonly login: string;
  readonly password: string;
  readonly kilobytes?: number;
}

const READ_AND_APPEND = 'lrswikp';

/**
 * Starts one with these mailboxes. In folders whose names begin with `kept`, nothing may be removed.
 * @throws Error where there is no Dovecot
 */
export async function startImap(mailboxes: readonly Mailbox[]): Promise<ImapServer> {
  // sockets of Dovecot have long names, and a path to one may not
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'imap-'));
  const at = (name: string): string => path.join(folder, name);
  const mail = at('mail');
  fs.mkdirSync(mail);
  const [user, group] = runningAs();
  if (process.getuid?.() === 0) for (const one of [folder, mail]) execFileSync('chown', [`${user}:${group}`, one]);
  makeCertificate(folder);
  const lines = mailboxes.map(({ login, password, kilobytes }) => {
    const quota = kilobytes === undefined ? '' : `userdb_quota_rule=*:storage=${kilobytes}K`;
    return `${login}:{PLAIN}${password}:${idOf(user, '-u')}:${idOf(user, '-g')}::${mail}/${login}::${quota}\n`;
  });
  fs.writeFileSync(at('users'), lines.join(''));
  fs.writeFileSync(at('rights'), `kept* owner ${READ_AND_APPEND}\n`);
  const port = await freePort();
  const plainPort = await freePort();
  fs.writeFileSync(at('dovecot.conf'), configuration({ folder, port, plainPort, user, group }));
  const child = spawn('dovecot', ['-F', '-c', at('dovecot.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await serving(child);
  return {
    port,
    plainPort,
    authority: at('certificate.pem'),
    mail,
    stop: async () => {
      await ended(child);
      fs.rmSync(folder, { recursive: true });
    },
  };
}

/** It gives its mailboxes to nobody who is root. */
function runningAs(): readonly [user: string, group: string] {
  if (process.getuid?.() === 0) return ['nobody', 'nogroup'];
  const name = os.userInfo().username;
  return [name, execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim()];
}

function idOf(user: string, which: '-u' | '-g'): string {
  return execFileSync('id', [which, user], { encoding: 'utf8' }).trim();
}

/** A certificate for `localhost`, its own authority, in `certificate.pem` and `key.pem`. */
export function makeCertificate(folder: string): void {
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'certificate.pem')];
  execFileSync('openssl', [...words, ...names, ...files], { stdio: 'pipe' });
}

interface Configuration {
  readonly folder: string;
  readonly port: number;
  readonly plainPort: number;
  readonly user: string;
  readonly group: string;
}

function configuration({ folder, port, plainPort, user, group }: Configuration): string {
  return `base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_plugins = acl quota
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <${folder}/certificate.pem
ssl_key = <${folder}/key.pem
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = passwd-file
  args = ${folder}/users
}
plugin {
  acl = vfile:${folder}/rights
  quota = count:room
  quota_vsizes = yes
}
protocol imap {
  mail_plugins = acl quota imap_acl imap_quota
  mail_max_userip_connections = 100
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${plainPort}
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
`;
}

/** Until it says that it has started. */
function serving(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`dovecot ended: ${said}`)));
    child.stderr?.on('data', (more) => {
      said += more;
      if (/starting up/.test(said)) resolve();
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill();
  });
}

/** Nobody listens there now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What stands between a client and a server, and sees what passes where that is not encrypted. */
export interface Wire {
  readonly port: number;
  /** What the client asked, a command a line; its literals too. */
  readonly said: string[];
  /** What becomes of an answer. */
  rewrite: (said: string) => string;
  /** Of what the server answers so many bytes get through. */
  passes: number;
  /** What happens to the rest: it never comes, or the connection ends. */
  ending: 'hang' | 'cut';
  /** Is told each line that the client says, before it goes on. */
  onSaid: (line: string) => void;
  /** Is told when a connection was cut. */
  onCut: () => void;
  close(): void;
}

/** Begins to stand there. */
export async function openWire(to: number): Promise<Wire> {
  const ends: Socket[] = [];
  const server = net.createServer((client) => {
    const far = net.connect(to, '127.0.0.1');
    ends.push(client, far);
    let passed = 0;
    client.on('data', (bytes) => {
      const lines = bytes.toString('latin1').split('\r\n').filter(Boolean);
      wire.said.push(...lines);
      for (const line of lines) wire.onSaid(line);
      far.write(bytes);
    });
    far.on('data', (more) => {
      const bytes = Buffer.from(wire.rewrite(more.toString('latin1')), 'latin1');
      const piece = bytes.subarray(0, Math.max(0, wire.passes - passed));
      passed += piece.length;
      client.write(piece);
      if (piece.length === bytes.length || wire.ending !== 'cut') return;
      client.destroy();
      wire.onCut();
    });
    for (const end of [client, far]) {
      end.on('error', () => {});
      end.on('close', () => void (end === client ? far : client).destroy());
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const wire: Wire = {
    port: (server.address() as AddressInfo).port,
    said: [],
    rewrite: (said) => said,
    passes: Number.POSITIVE_INFINITY,
    ending: 'cut',
    onSaid: () => {},
    onCut: () => {},
    close: () => {
      server.close();
      for (const end of ends) end.destroy();
    },
  };
  return wire;
}
