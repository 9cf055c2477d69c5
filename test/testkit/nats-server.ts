// A server of NATS on this computer, for as long as some tests last, which can be killed and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort, makeCertificate } from './imap-server.js';

/** A server that is one process. */
export interface NatsServer {
  readonly port: number;
  /** Where it keeps everything. */
  readonly folder: string;
  /** A certificate for `localhost` that nobody knows but by this file. */
  readonly authority: string;
  /** Holds it up, and lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** As the power is cut. */
  kill(): Promise<void>;
  /** Once more, on what it kept. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What a server is set up with. */
export interface NatsOptions {
  readonly isTls?: boolean;
  /** Keeps nothing. */
  readonly isEmpty?: boolean;
  /** Lines of its configuration. */
  readonly more?: string;
}

/** A server alone. @throws Error where there is no nats-server */
export async function startNats({ isTls = false, isEmpty = false, more = '' }: NatsOptions = {}): Promise<NatsServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nats-'));
  makeCertificate(folder);
  const tls = isTls ? `tls { cert_file: "${folder}/certificate.pem", key_file: "${folder}/key.pem" }` : '';
  const keeps = isEmpty ? '' : `jetstream { store_dir: "${folder}/store" }`;
  const server = await serverIn(folder, `${keeps}\n${tls}\n${more}`);
  await server.start();
  return server;
}

/** One that is not started yet, whose configuration has these lines besides. */
export async function serverIn(folder: string, more: string): Promise<NatsServer> {
  const port = await freePort();
  const file = path.join(folder, 'server.conf');
  fs.writeFileSync(file, `listen: 127.0.0.1:${port}\n${more}\n`);
  let child: ChildProcess | undefined;
  const end = async (name: NodeJS.Signals): Promise<void> => {
    if (child) await ended(child, name);
    child = undefined;
  };
  return {
    port,
    folder,
    authority: path.join(folder, 'certificate.pem'),
    signal: (name) => void child?.kill(name),
    kill: () => end('SIGKILL'),
    start: async () => {
      child = spawn('nats-server', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
      await serving(child);
    },
    stop: async () => {
      // one that is held up does not end otherwise
      await end('SIGKILL');
      fs.rmSync(folder, { recursive: true });
    },
  };
}

/** Until it says that it has started. */
function serving(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`nats-server ended: ${said}`)));
    child.stderr?.on('data', (more) => {
      if (!/Server is ready/.test(said)) said += more;
      if (/Server is ready/.test(said)) resolve();
    });
  });
}

function ended(child: ChildProcess, name: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(name);
  });
}
