// How much of other people's logs is taken in (spec/message.md, "Quotas"). Decisions over numbers: who may fill how
// much of a disk is local policy, and says nothing about what is valid.
import { ENTRY_QUOTA_MIN } from '../format/limits.js';

/** Bytes, at most. */
export interface Quotas {
  /** Of one stranger in one topic. */
  readonly stranger: number;
  /** Of all strangers together in one topic. */
  readonly strangers: number;
  /** Of everything carried for others outside joined topics. */
  readonly carry: number;
  /** Of veiled logs that nobody here could place. */
  readonly veiled: number;
}

/** What holds unless the user says otherwise. */
export const DEFAULT_QUOTAS: Quotas = {
  stranger: 8 * 2 ** 20,
  strangers: 128 * 2 ** 20,
  carry: 2 ** 30,
  veiled: 256 * 2 ** 20,
};

/** Whose log it is: our own or a contact's, a stranger's in a joined topic, taken along for others, or none of these. */
export type Standing = 'known' | 'stranger' | 'carried' | 'unwanted';

/** Bytes already taken. */
export interface QuotaUsage {
  /** Of this stranger in this topic. */
  readonly stranger: number;
  /** Of all strangers in this topic. */
  readonly strangers: number;
  /** Of everything carried. */
  readonly carried: number;
}

/** What to do with a log's new entries, and why not. */
export type QuotaDecision = 'take' | 'unwanted' | 'stranger-full' | 'strangers-full' | 'carry-full';

/** Whether `sizeBytes` more of a log are taken. What is not stays where it came from. */
export function decideQuota(
  standing: Standing,
  sizeBytes: number,
  usage: QuotaUsage,
  quotas: Quotas = DEFAULT_QUOTAS,
): QuotaDecision {
  if (standing === 'known') return 'take';
  if (standing === 'unwanted') return 'unwanted';
  if (standing === 'carried') return usage.carried + sizeBytes > quotas.carry ? 'carry-full' : 'take';
  if (usage.stranger + sizeBytes > quotas.stranger) return 'stranger-full';
  return usage.strangers + sizeBytes > quotas.strangers ? 'strangers-full' : 'take';
}

/** What a segment counts before anything of it is decompressed: its header's word, at least 128 bytes an entry. */
export function segmentQuotaBytes(header: { readonly count: number; readonly rawLength: number }): number {
  return Math.max(header.count * ENTRY_QUOTA_MIN, header.rawLength);
}
