// Rows as aligned columns.
import { pad, truncate, widthOf } from './width.js';

/** How rows are laid out. */
export interface ColumnOptions {
  readonly indent?: string;
  /** Columns aligned to the right, by index: numbers. */
  readonly right?: readonly number[];
  /** Lines are cut to this width. */
  readonly columns?: number;
}

/** One line a row; cells are escaped and coloured by the caller. */
export function alignColumns(rows: readonly (readonly string[])[], options: ColumnOptions = {}): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...rows.map((row) => widthOf(row[at] ?? ''))));
  return rows.map((row) => {
    const cells = row.map((cell, at) => alignCell(cell, widths[at] ?? 0, options.right?.includes(at) === true));
    const line = ((options.indent ?? '') + cells.join('  ')).trimEnd();
    return options.columns === undefined || line.includes('\x1b') ? line : truncate(line, options.columns);
  });
}

function alignCell(cell: string, width: number, toRight: boolean): string {
  return toRight ? ' '.repeat(Math.max(0, width - widthOf(cell))) + cell : pad(cell, width);
}
