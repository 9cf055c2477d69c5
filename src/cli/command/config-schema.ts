// The shape of `config.json`. The one owner of zod; loaded only where that file exists.
import * as z from 'zod/mini';
import { type ChangedSettings, SETTINGS, type SettingKind } from './settings.js';

const KINDS = {
  flag: z.boolean(),
  number: z.int().check(z.nonnegative(), z.maximum(999_999_999)),
  size: z.int().check(z.nonnegative()),
} as const satisfies Readonly<Record<SettingKind, z.ZodMiniType>>;

// Loose: what a later version wrote is kept.
const SCHEMA = z.looseObject(
  Object.fromEntries(Object.entries(SETTINGS).map(([name, { kind }]) => [name, z.optional(KINDS[kind])])),
);

/** The settings in a JSON value, or what is wrong with it, in words. */
export function parseChanged(value: unknown): { readonly settings: ChangedSettings } | { readonly problem: string } {
  const parsed = SCHEMA.safeParse(value);
  if (parsed.success) return { settings: parsed.data as ChangedSettings };
  const [issue] = parsed.error.issues;
  const at = issue?.path.join('.') || 'the whole';
  return { problem: `${at} is not as expected (${issue?.code ?? 'unknown'})` };
}
