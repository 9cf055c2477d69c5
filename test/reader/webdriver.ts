// A browser without a screen, driven by WebDriver's own protocol (w3.org/TR/webdriver2), with nothing in between.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A page that is open. */
export interface Browser {
  /** Opens a file, as somebody who clicks on it does. */
  open(file: string): Promise<void>;
  /** What a function body returns in the page; what it promises is waited for. */
  run<T>(body: string, ...args: readonly unknown[]): Promise<T>;
  /** The same, again and again until it is something. */
  until<T>(body: string, ...args: readonly unknown[]): Promise<T>;
  /** Gives files to the chooser with that id. */
  choose(id: string, files: readonly string[]): Promise<void>;
  /** Lets files and folders fall on the middle of the page, as out of a file manager. */
  drop(files: readonly string[]): Promise<void>;
  /** Presses keys on what has the focus. */
  press(keys: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** Lets the page be seen by light, or in the dark. */
  scheme(scheme: 'light' | 'dark'): Promise<void>;
  /** What is seen, as a PNG. */
  picture(): Promise<Buffer>;
  /** What the page and the browser said of errors. */
  complaints(): Promise<readonly string[]>;
  /** Bytes that all of the browser takes, by the system. */
  memory(): number;
  close(): Promise<void>;
}

/** Says in which line the driver listens. */
const LISTENING = /successfully on port (\d+)/;
const POLL_MS = 50;
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Starts one; downloads go to `downloads`. */
export async function openBrowser(downloads: string): Promise<Browser> {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-browser-'));
  const driver = spawn('chromedriver', ['--port=0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await portOf(driver);
  const send = async <T>(method: string, place: string, body?: unknown): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${port}${place}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
    if (!response.ok) throw new Error(`${method} ${place}: ${value.error} ${value.message}`);
    return value;
  };
  const { sessionId, capabilities } = await send<Session>('POST', '/session', {
    capabilities: asked(profile, downloads),
  });
  const at = (place: string): string => `/session/${sessionId}${place}`;
  const run = <T>(script: string, ...args: readonly unknown[]): Promise<T> =>
    send<T>('POST', at('/execute/sync'), { script, args });
  const browserProcess = capabilities['goog:processID'];
  return {
    open: (file) => send('POST', at('/url'), { url: pathToFileURL(file).href }),
    run,
    async until<T>(body: string, ...args: readonly unknown[]): Promise<T> {
      for (;;) {
        const found = await run<T | null | false>(body, ...args);
        if (found !== null && found !== false) return found;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    async choose(id, files) {
      const { [ELEMENT]: element } = await send<Record<string, string>>('POST', at('/element'), {
        using: 'css selector',
        value: `#${id}`,
      });
      await send('POST', at(`/element/${element}/value`), { text: files.join('\n') });
    },
    async drop(files) {
      const [x, y] = await run<[number, number]>('return [innerWidth / 2, innerHeight / 2]');
      const data = { items: [], files, dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop']) {
        await send('POST', at('/goog/cdp/execute'), { cmd: 'Input.dispatchDragEvent', params: { type, x, y, data } });
      }
    },
    press: (keys) =>
      send('POST', at('/actions'), {
        actions: [
          {
            type: 'key',
            id: 'keys',
            actions: [...keys].flatMap((value) => [
              { type: 'keyDown', value },
              { type: 'keyUp', value },
            ]),
          },
        ],
      }),
    resize: (width, height) =>
      send('POST', at('/goog/cdp/execute'), {
        cmd: 'Emulation.setDeviceMetricsOverride',
        params: { width, height, deviceScaleFactor: 1, mobile: false },
      }),
    scheme: (value) =>
      send('POST', at('/goog/cdp/execute'), {
        cmd: 'Emulation.setEmulatedMedia',
        params: { features: [{ name: 'prefers-color-scheme', value }] },
      }),
    picture: async () => Buffer.from(await send<string>('GET', at('/screenshot')), 'base64'),
    complaints: async () => {
      const lines = await send<{ readonly message: string }[]>('POST', at('/se/log'), { type: 'browser' });
      return lines.map(({ message }) => message);
    },
    memory: () => memoryOf(browserProcess),
    async close() {
      try {
        await send('DELETE', at(''));
      } finally {
        driver.kill();
        fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

interface Session {
  readonly sessionId: string;
  readonly capabilities: { readonly 'goog:processID': number };
}

function asked(profile: string, downloads: string): object {
  const args = [
    '--headless=new',
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    `--user-data-dir=${profile}`,
  ];
  const prefs = { 'download.default_directory': downloads, 'download.prompt_for_download': false };
  return {
    alwaysMatch: {
      browserName: 'chrome',
      'goog:chromeOptions': { args, prefs },
      'goog:loggingPrefs': { browser: 'ALL' },
      timeouts: { script: 600_000, pageLoad: 600_000 },
      unhandledPromptBehavior: 'ignore',
    },
  };
}

function portOf(driver: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = '';
    driver.once('error', reject);
    driver.once('exit', (code) => reject(new Error(`chromedriver ended with ${code}: ${told}`)));
    driver.stdout?.on('data', (piece: Buffer) => {
      told += piece.toString();
      const [, port] = LISTENING.exec(told) ?? [];
      if (port !== undefined) resolve(port);
    });
  });
}

/** Of a process and all below it. */
function memoryOf(top: number): number {
  const processes = fs
    .readdirSync('/proc')
    .flatMap((name) => (/^\d+$/.test(name) ? (statusOf(Number(name)) ?? []) : []));
  const below = new Set([top]);
  // parents are mostly started before their children
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, parent } of processes) if (below.has(parent)) below.add(pid);
  }
  return processes.reduce((sum, { pid, bytes }) => sum + (below.has(pid) ? bytes : 0), 0);
}

function statusOf(pid: number): { readonly pid: number; readonly parent: number; readonly bytes: number } | undefined {
  try {
    const parent = /^PPid:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // what several processes share is counted once
    const kilobytes = /^Pss:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return { pid, parent: Number(parent), bytes: 1024 * Number(kilobytes ?? 0) };
  } catch {
    return undefined;
  }
}
