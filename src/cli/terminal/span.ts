// Spans of time as users write them: 12h, 30d, 2w (spec/cli.md, "Times").

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** The span in ms; undefined when it is none. Where `m` could mean something else, `units` leave it out. */
export function parseSpan(text: string, units: readonly Unit[] = ['h', 'd', 'w']): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  return units.includes(unit as Unit) ? Number(count) * UNIT_MS[unit as Unit] : undefined;
}
