// What the replay counts, and how it is printed: numbers only, nothing of anybody's mail.

const MIB = 1_048_576;

/** Counters by name, and the time that each phase took. */
export class Figures {
  readonly #counts = new Map<string, number>();
  readonly #phases: { readonly name: string; readonly ms: number }[] = [];
  #inside = new Map<string, number>();

  /** Adds to a counter. */
  count(name: string, more = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + more);
  }

  /** A counter's value. */
  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Times a phase of the run, and prints it when it is over. */
  async phase<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    const start = performance.now();
    const result = await work();
    const ms = performance.now() - start;
    this.#phases.push({ name, ms });
    const parts = [...this.#inside].map(([part, partMs]) => `${part} ${seconds(partMs)}`);
    this.#inside = new Map();
    const cpu = process.cpuUsage();
    print(
      name,
      `${seconds(ms)} CPU ${seconds((cpu.user + cpu.system) / 1000)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`,
    );
    return result;
  }

  /** Times a part of the phase that is under way; parts of the same name add up. */
  async part<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#inside.set(name, (this.#inside.get(name) ?? 0) + performance.now() - start);
    }
  }

  /** Prints every counter whose name begins so, without that beginning. */
  printGroup(title: string, prefix: string): void {
    const group = [...this.#counts].filter(([name]) => name.startsWith(prefix));
    print(title, group.map(([name, value]) => `${number(value)} ${name.slice(prefix.length)}`).join(', ') || 'none');
  }

  /** Prints the time of all phases together. */
  printTotal(): void {
    print('in all', seconds(this.#phases.reduce((sum, { ms }) => sum + ms, 0)));
  }
}

/** One line: what, then how much. */
export function print(title: string, value: string): void {
  process.stdout.write(`${title.padEnd(26)}${value}\n`);
}

/** The most memory this process ever had, for people. */
export function peakMemory(): string {
  return `${Math.round(process.resourceUsage().maxRSS / 1_024)} MiB`;
}

/** A number with its thousands apart. */
export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Bytes for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
