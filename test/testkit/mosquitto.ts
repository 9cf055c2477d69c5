// A broker of MQTT on this computer, for as long as some tests last.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './imap-server.js';

/** Where it listens, and how it ends and comes again. */
export interface Mosquitto {
  readonly port: number;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one that lets in this login alone, or anybody. @throws Error where there is no mosquitto */
export async function startMosquitto(login?: { readonly name: string; readonly password: string }): Promise<Mosquitto> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mosquitto-'));
  fs.chmodSync(folder, 0o755);
  const port = await freePort();
  const passwords = path.join(folder, 'passwords');
  if (login) {
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, login.name, login.password]);
    fs.chmodSync(passwords, 0o644);
  }
  const who = login ? `allow_anonymous false\npassword_file ${passwords}` : 'allow_anonymous true';
  const file = path.join(folder, 'broker.conf');
  fs.writeFileSync(file, `listener ${port} 127.0.0.1\n${who}\nlog_dest stderr\n`);
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending) return;
    const ended = once(ending, 'close');
    ending.kill('SIGKILL');
    await ended;
  };
  const start = async (): Promise<void> => {
    const started = spawn('mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      started.once('error', reject);
      started.once('close', () => reject(new Error(`mosquitto ended: ${said}`)));
      started.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString('utf8');
        if (/mosquitto version \S+ running/.test(said)) resolve();
      });
    });
  };
  await start();
  return {
    port,
    kill,
    start,
    stop: async () => {
      await kill();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
