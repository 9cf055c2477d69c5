// satchel help GUIDE, satchel help guides (spec/cli.md, "Help").
import type { Context } from '../command/context.js';
import { openPaged } from '../report/paged.js';
import { writeText } from '../terminal/write-text.js';
import type { Guide } from './guides.js';
import { renderGuides, renderPage } from './render.js';

/** Shows a guide, or lists all; on a terminal by the pager. */
export async function showGuide(context: Context, guide: Guide | 'all'): Promise<void> {
  const options = { style: context.style, columns: context.stdout.columns };
  const lines = guide === 'all' ? renderGuides(options) : renderPage(guide.text, options);
  const paged = openPaged(context, true);
  writeText(paged.context.stdout, `${lines.join('\n')}\n`);
  await paged.show();
}
