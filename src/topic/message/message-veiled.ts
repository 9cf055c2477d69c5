// What a payload of a veiled log is, told from its first bytes: an import asks this of every entry, with no key at hand
// (spec/veiled.md, "Payloads").
import { VEILED_KEYS } from '../../format/private/veiled-payload.js';
import { headSize, startsWithClock } from './message-clock.js';

const TIME_AT = 2;

/** What something sealed is, as anybody can tell. */
type VeiledLook = 'message' | 'control' | 'acknowledgement';

/** What is sealed in the payload between `from` and `end`; undefined when it is one of a log that is not veiled. */
export function veiledLook(bytes: Buffer, from = 0, end = bytes.length): VeiledLook | undefined {
  const clockAt = from + TIME_AT + headSize(bytes[from + TIME_AT]) + 1;
  const keyAt = clockAt + headSize(bytes[clockAt]);
  if (keyAt >= end || !startsWithClock(bytes, from)) return undefined;
  // keys ascend: it stands right behind the clock
  const key = bytes[keyAt];
  if (key === VEILED_KEYS.message) return 'message';
  if (key === VEILED_KEYS.acknowledgement) return 'acknowledgement';
  return key === VEILED_KEYS.control || key === VEILED_KEYS.wrap ? 'control' : undefined;
}

/** Whether an entry that is no housekeeping is shown to nobody: it brings what members tell one another's programs. */
export function isEvent(bytes: Buffer, from = 0, end = bytes.length): boolean {
  return veiledLook(bytes, from, end) === 'control';
}
