// Rows as aligned columns.
import { pad, widthOf } from './width.js';

/** How rows are laid out. */
export interface ColumnOptions {
  readonly indent?: string;
  /** Columns aligned to the right, by index: numbers. */
  readonly right?: readonly number[];
}

/** One line a row; cells are escaped and coloured by the caller. */
export function alignColumns(rows: readonly (readonly string[])[], options: ColumnOptions = {}): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
  return rows.map((row) => {
    const cells = row.map((cell, at) => alignCell(cell, widths[at] ?? 0, options.right?.includes(at) === true));
    return ((options.indent ?? '') + cells.join('  ')).trimEnd();
  });
}

function alignCell(cell: string, width: number, toRight: boolean): string {
  return toRight ? ' '.repeat(Math.max(0, width - widthOf(cell))) + cell : pad(cell, width);
}
