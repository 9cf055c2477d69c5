import type { Meta } from '../format/meta.js';
import type { Context } from './context.js';
import type { Args } from './table/commands.js';

export async function postStream(_context: Context, _args: Args<'post'>, _meta: Meta | undefined): Promise<number> {
  return 1;
}
