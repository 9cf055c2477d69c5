// Spans of time as users write them: 12h, 30d, 2w (spec/cli.md, "sync", "drive tidy").

/** The span in ms; undefined when it is none. */
export function parseSpan(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * HOURS[unit as keyof typeof HOURS] * HOUR_MS;
}

const HOURS = { h: 1, d: 24, w: 168 } as const;
const HOUR_MS = 3_600_000;
