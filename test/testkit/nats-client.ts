// Another program that speaks with a server of NATS, in its protocol of lines: what it puts and sees there is not by the helper.
import net, { type Socket } from 'node:net';

/** An answer of JetStream. */
export type Answer = Readonly<Record<string, unknown>>;

/** A connection, as somebody. */
export class NatsClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, (data: string | undefined) => void>();
  #rest = '';
  #asked = 0;

  private constructor(port: number) {
    this.#socket = net.connect(port, '127.0.0.1');
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes.toString('latin1')));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      for (const tell of this.#waiting.values()) tell(undefined);
    });
  }

  /** Connects, with a login and password if they are needed. */
  static async connect(port: number, opening: object = {}): Promise<NatsClient> {
    const client = new NatsClient(port);
    client.#socket.write(
      `CONNECT ${JSON.stringify({ verbose: false, headers: true, ...opening })}\r\nSUB answers.* 1\r\n`,
    );
    await new Promise<void>((resolve) => {
      client.#waiting.set('PONG', () => resolve());
      client.#socket.write('PING\r\n');
    });
    return client;
  }

  /** Says something on a subject, with header lines if any, and returns what is answered. */
  async say(subject: string, bytes: Buffer | string, headers: readonly string[] = []): Promise<Answer> {
    const reply = `answers.${this.#asked++}`;
    const head = headers.length === 0 ? '' : `NATS/1.0\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
    const body = Buffer.concat([Buffer.from(head), Buffer.from(bytes)]);
    const sizes = head === '' ? `${body.length}` : `${head.length} ${body.length}`;
    const answered = new Promise<string | undefined>((resolve) => void this.#waiting.set(reply, resolve));
    this.#socket.write(`${head === '' ? 'PUB' : 'HPUB'} ${subject} ${reply} ${sizes}\r\n`);
    this.#socket.write(body);
    this.#socket.write('\r\n');
    const said = await answered;
    if (said === undefined) throw new Error(`the server ended the connection after ${subject}: ${this.#rest}`);
    return JSON.parse(said) as Answer;
  }

  /** Asks JetStream for something. @throws Error when it refuses */
  async ask(what: string, asked: object = {}): Promise<Answer> {
    const answer = await this.say(`$JS.API.${what}`, JSON.stringify(asked));
    if (answer['error']) throw new Error(`${what}: ${JSON.stringify(answer['error'])}`);
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(more: string): void {
    this.#rest += more;
    for (;;) {
      const end = this.#rest.indexOf('\r\n');
      if (end < 0) return;
      const words = this.#rest.slice(0, end).split(' ');
      if (words[0] === 'MSG') {
        const size = Number(words.at(-1));
        if (this.#rest.length < end + 2 + size + 2) return;
        this.#tell(words[1] ?? '', this.#rest.slice(end + 2, end + 2 + size));
        this.#rest = this.#rest.slice(end + 2 + size + 2);
        continue;
      }
      this.#rest = this.#rest.slice(end + 2);
      if (words[0] === 'PING') this.#socket.write('PONG\r\n');
      if (words[0] === 'PONG') this.#tell('PONG', '');
    }
  }

  #tell(reply: string, data: string): void {
    this.#waiting.get(reply)?.(data);
    this.#waiting.delete(reply);
  }
}
