// OpenSSH's server on this computer, for as long as some tests last, with keys of its own and a key that may come in; and a
// configuration for its client that knows nothing else.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A server that lets one key in. */
export interface SshServer {
  /** Of a folder with a program `ssh` that uses nothing but the key and the host's, and asks nobody: to be put before the PATH. */
  readonly bin: string;
  /** `USER@127.0.0.1:PORT`. */
  readonly host: string;
  /** Files of the key, and of the hosts that are known: for who speaks by another client. */
  readonly key: string;
  readonly known: string;
  stop(): Promise<void>;
}

/**
 * Starts one. What stands in front of the key, as in `authorized_keys`, and in which environment commands run there, is given.
 * @throws Error where there is no sshd
 */
export async function startSsh(options: string, env: Readonly<Record<string, string>>): Promise<SshServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sshd-'));
  const at = (name: string): string => path.join(folder, name);
  for (const name of ['host', 'key']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  const open = fs.readFileSync(at('key.pub'), 'utf8');
  fs.writeFileSync(at('authorized'), `${options === '' ? '' : `${options} `}${open}`);
  const port = await freePort();
  // what runs as root gives up its rights in a directory that has to be there
  if (process.getuid?.() === 0) fs.mkdirSync('/run/sshd', { recursive: true });
  const settings = Object.entries(env).map(([name, value]) => `${name}="${value}"`);
  fs.writeFileSync(at('config'), configuration(folder, port, settings.join(' ')));
  fs.writeFileSync(at('known'), `[127.0.0.1]:${port} ${fs.readFileSync(at('host.pub'), 'utf8')}`);
  fs.mkdirSync(at('bin'));
  const client = `-F none -i ${at('key')} -o UserKnownHostsFile=${at('known')} -o IdentitiesOnly=yes -o BatchMode=yes`;
  fs.writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec ${programNamed('ssh')} ${client} "$@"\n`, { mode: 0o755 });
  const child = spawn(programNamed('sshd'), ['-D', '-e', '-f', at('config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await listening(child);
  return {
    bin: at('bin'),
    host: `${os.userInfo().username}@127.0.0.1:${port}`,
    key: at('key'),
    known: at('known'),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      fs.rmSync(folder, { recursive: true });
    },
  };
}

function configuration(folder: string, port: number, env: string): string {
  return `ListenAddress 127.0.0.1
Port ${port}
HostKey ${folder}/host
PidFile none
AuthorizedKeysFile ${folder}/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
${env === '' ? '' : `SetEnv ${env}\n`}`;
}

/** sshd wants to be started by its path, and lies where only root looks. */
function programNamed(name: string): string {
  const places = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const found = places.map((place) => path.join(place, name)).find((file) => fs.existsSync(file));
  if (found === undefined) throw new Error(`there is no ${name}: apt-get install openssh-server`);
  return found;
}

async function listening({ stderr }: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    stderr?.on('data', (bytes: Buffer) => {
      said += String(bytes);
      if (said.includes('Server listening')) resolve();
    });
    stderr?.once('close', () => reject(new Error(`sshd: ${said}`)));
  });
}

/** A port that nobody listened at a moment ago. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
