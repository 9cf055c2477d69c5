// What a run of the benchmark found, as values and as tables.
import type { Result } from './operation.js';

/** One workload of one size. */
export interface Measured {
  readonly workload: string;
  readonly messages: number;
  readonly logs: number;
  readonly ndjsonBytes: number;
  readonly gzipBytes: number;
  readonly results: readonly Result[];
}

/** Everything of one run. */
export interface Report {
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly date: string;
  readonly runs: string;
  /** Of the machine when the run began: near 0 when nothing else ran. */
  readonly load: number;
  /** What was not measured, and why. */
  readonly notes: readonly string[];
  readonly measured: readonly Measured[];
}

/** The result of one tool for one operation. */
export function resultOf(measured: Measured, operation: string, tool = 'satchel'): Result | undefined {
  return measured.results.find((result) => result.operation === operation && result.tool === tool);
}

/** How many times as much the first takes as the second; undefined when one is missing. */
export function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

/** A Markdown table with a row for each operation and, for each tool, time, peak memory and bytes. */
export function resultTable(measured: Measured): string {
  const operations = [...new Set(measured.results.map(({ operation }) => operation))];
  const rows = operations.flatMap((operation) => {
    const own = resultOf(measured, operation);
    const of = measured.results.filter((result) => result.operation === operation);
    return of.map((result) => [
      operation,
      result.tool,
      formatMs(result.medianMs),
      `${formatMs(Math.min(...result.ms))} - ${formatMs(Math.max(...result.ms))}`,
      formatRatio(ratio(result.medianMs, own?.medianMs)),
      formatMs(result.cpuMs),
      formatBytes(result.peakBytes),
      formatBytes(result.bytes),
    ]);
  });
  return markdownTable(
    ['operation', 'tool', 'median', 'range', 'times satchel', 'processor', 'peak memory', 'bytes'],
    rows,
  );
}

/** Rows under a heading, in columns of one width. */
export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((title, i) => Math.max(title.length, 3, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(heading), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A time in ms or s. */
export function formatMs(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** Bytes in kB or MB, decimal as drives are sold. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return '-';
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1)} MB`;
}

/** A ratio with two digits that mean something. */
export function formatRatio(value: number | undefined): string {
  if (value === undefined) return '-';
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}
