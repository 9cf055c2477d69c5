// Three servers of NATS on this computer that are a cluster, for as long as some tests last.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './imap-server.js';
import { type NatsServer, serverIn } from './nats-server.js';

/** Servers of one cluster. */
export interface NatsCluster {
  readonly servers: readonly NatsServer[];
  /** Until each of them that runs has caught up with the others. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const MEMBERS = ['a', 'b', 'c'];
const CHECK_MS = 50;

/** Three that keep everything three times. */
export async function startCluster(): Promise<NatsCluster> {
  const routes = await Promise.all(MEMBERS.map(freePort));
  const monitors = await Promise.all(MEMBERS.map(freePort));
  const all = routes.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const servers = await Promise.all(
    MEMBERS.map((name, at) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nats-'));
      return serverIn(
        folder,
        `server_name: ${name}
jetstream { store_dir: "${folder}/store" }
http: 127.0.0.1:${monitors[at]}
cluster { name: tests, listen: "127.0.0.1:${routes[at]}", routes: [${all}] }`,
      );
    }),
  );
  // each waits for the others
  await Promise.all(servers.map((server) => server.start()));
  const settled = async (): Promise<void> => {
    for (const port of monitors) await healthy(port);
  };
  await settled();
  return {
    servers,
    settled,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** Until the server says of itself that all it keeps is up to date; there is nothing that tells when. */
async function healthy(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}
