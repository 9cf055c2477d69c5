// Waiting until something holds, or cannot come to hold any more.

/** Who waits is woken whenever something has changed. */
export class Gate {
  #failure: { readonly error: unknown } | undefined;
  #waiting: (() => void)[] = [];

  /** Something has changed. */
  changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Nothing that is waited for will come; the first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.changed();
  }

  /** Resolves when it holds. @throws what {@link fail} was told */
  async until(holds: () => boolean): Promise<void> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      if (holds()) return;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }
}
