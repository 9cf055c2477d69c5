// Times for people: local, 24 hours, English, safe for every number. Intl is not used: it costs a quarter of Node's start.
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
] as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `Monday 3 March 2025`; `no date` for a time that no calendar has. */
export function formatDay(timeMs: number): string {
  const date = new Date(timeMs);
  if (!isValid(date)) return 'no date';
  return `${DAYS[date.getDay()]} ${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
}

/** `14:03`, five characters always. */
export function formatTime(timeMs: number): string {
  const date = new Date(timeMs);
  return isValid(date) ? `${two(date.getHours())}:${two(date.getMinutes())}` : '--:--';
}

/** `2025-03-03`. */
export function formatDate(timeMs: number): string {
  const date = new Date(timeMs);
  if (!isValid(date)) return 'no date';
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `2025-03-03` for a day since 1970 in UTC; what others wrote may be a day that no calendar has. */
export function formatUtcDay(day: number): string {
  const date = new Date(day * DAY_MS);
  return isValid(date) ? date.toISOString().slice(0, 10) : 'no date';
}

/** `2025-03-03 14:03`. */
export function formatMoment(timeMs: number): string {
  const date = formatDate(timeMs);
  return date === 'no date' ? date : `${date} ${formatTime(timeMs)}`;
}

/** `just now`, `3 h ago`, `in 2 days`; a date when it is more than four weeks away. */
export function formatRelative(timeMs: number, nowMs: number): string {
  const away = Math.abs(nowMs - timeMs);
  if (!(away < 28 * DAY_MS)) return formatDate(timeMs);
  if (away < MINUTE_MS) return 'just now';
  const amount = spanOf(away);
  return timeMs < nowMs ? `${amount} ago` : `in ${amount}`;
}

function spanOf(ms: number): string {
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  const days = Math.floor(ms / DAY_MS);
  return days === 1 ? '1 day' : `${days} days`;
}

function isValid(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
