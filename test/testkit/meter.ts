// What stands between a client and a server, and counts what passes: bytes, and requests where they can be told.
import net, { type AddressInfo, type Socket } from 'node:net';

/** A request of HTTP, a command of IMAP, and a line of NATS that publishes or subscribes. */
const REQUEST =
  /(^|\n)([A-Z]{3,10} \S+ HTTP\/1\.1|[A-Z0-9]+ (CAPABILITY|ID|AUTHENTICATE|LOGIN|EXAMINE|SELECT|UID|FETCH|APPEND|LIST|NAMESPACE|ENABLE|CREATE|NOOP|CLOSE|STATUS|SUBSCRIBE|LOGOUT)\b|(H?PUB|SUB) \S+)/g;

/** What passed. */
export interface Passed {
  requests: number;
  sentBytes: number;
  receivedBytes: number;
}

/** The meter. */
export interface Meter {
  readonly port: number;
  /** Since it was asked last. */
  read(): Passed;
  close(): void;
}

/** Begins to count what goes to a port of this computer. */
export async function openMeter(to: number): Promise<Meter> {
  const ends = new Set<Socket>();
  let passed = nothing();
  const server = net.createServer((client) => {
    const far = net.connect(to, '127.0.0.1');
    client.on('data', (bytes: Buffer) => {
      passed.sentBytes += bytes.length;
      passed.requests += bytes.toString('latin1').match(REQUEST)?.length ?? 0;
    });
    far.on('data', (bytes: Buffer) => {
      passed.receivedBytes += bytes.length;
    });
    client.pipe(far).pipe(client);
    for (const [end, other] of [
      [client, far],
      [far, client],
    ] as const) {
      ends.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    read() {
      const before = passed;
      passed = nothing();
      return before;
    },
    close() {
      server.close();
      for (const end of ends) end.destroy();
    },
  };
}

function nothing(): Passed {
  return { requests: 0, sentBytes: 0, receivedBytes: 0 };
}
