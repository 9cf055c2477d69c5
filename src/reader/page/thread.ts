// A conversation in the page: a window over it that moves, so that a hundred thousand messages are as quick as ten.
import type { Conversation } from '../conversation.js';
import { button, element } from './dom.js';
import { type MessageActions, messageElement } from './message.js';

/** Messages that are added at once, and that are there at most. */
const STEP = 60;
const THERE_MAX = 360;
/** Before its end is seen, more is added. */
const AHEAD_PX = 800;

/** What is shown of a conversation. */
export interface Thread {
  /** Shows the message at a place, and gives it the focus. */
  show(place: number): void;
  /** Moves the focus by so many messages. */
  move(by: number): void;
  /** The place that has the focus, or is at the top of what is seen. */
  readonly place: number;
  close(): void;
}

/** Shows the end of the conversation in `root`, which scrolls within `scroller`. */
export function openThread(
  root: HTMLElement,
  scroller: HTMLElement,
  conversation: Conversation,
  actions: Omit<MessageActions, 'goTo'>,
): Thread {
  const rows = element('div', { class: 'rows' });
  const earlier = button('', { class: 'more' }, () => addBefore());
  const later = button('', { class: 'more' }, () => addBehind());
  let from = 0;
  let end = 0;
  let focused: number | undefined;

  const rowOf = (place: number): HTMLElement => {
    const view = conversation.at(place);
    if (!view) return element('div', { class: 'row' });
    return messageElement(view, conversation.at(place - 1), { ...actions, goTo });
  };
  const rowsOf = (first: number, last: number): HTMLElement[] =>
    Array.from({ length: Math.max(0, last - first) }, (_, i) => rowOf(first + i));
  const label = (): void => {
    earlier.hidden = from === 0;
    later.hidden = end === conversation.count;
    earlier.textContent = `${from} earlier`;
    later.textContent = `${conversation.count - end} later`;
  };
  /** What stays in the page stays where it is seen. */
  const keeping = (row: Element | null, change: () => void): void => {
    const top = row?.getBoundingClientRect().top ?? 0;
    change();
    if (row?.isConnected) scroller.scrollTop += row.getBoundingClientRect().top - top;
    label();
  };
  const addBefore = (): void => {
    const first = Math.max(0, from - STEP);
    keeping(rows.firstElementChild, () => {
      rows.prepend(...rowsOf(first, from));
      from = first;
      while (end - from > THERE_MAX) {
        rows.lastElementChild?.remove();
        end--;
      }
    });
  };
  const addBehind = (): void => {
    const last = Math.min(conversation.count, end + STEP);
    keeping(rows.lastElementChild, () => {
      rows.append(...rowsOf(end, last));
      end = last;
      while (end - from > THERE_MAX) {
        rows.firstElementChild?.remove();
        from++;
      }
    });
  };
  const articleAt = (place: number): HTMLElement | null =>
    rows.children[place - from]?.querySelector('article') ?? null;
  const show = (wanted: number): void => {
    const place = Math.max(0, Math.min(conversation.count - 1, wanted));
    if (place < from || place >= end) {
      from = Math.max(0, Math.min(place - STEP / 2, conversation.count - STEP));
      end = Math.min(conversation.count, from + STEP);
      rows.replaceChildren(...rowsOf(from, end));
      label();
    }
    focused = place;
    const article = articleAt(place);
    article?.focus({ preventScroll: true });
    article?.scrollIntoView({ block: 'center' });
  };
  const goTo: MessageActions['goTo'] = (cited) => {
    const place = conversation.placeOf(cited);
    if (place !== undefined) show(place);
    return place !== undefined;
  };
  const topmost = (): number => {
    const top = scroller.getBoundingClientRect().top;
    const seen = [...rows.children].findIndex((row) => row.getBoundingClientRect().bottom > top + 1);
    return from + Math.max(0, seen);
  };
  const placeNow = (): number => {
    const within = rows.contains(document.activeElement) ? focused : undefined;
    return within ?? topmost();
  };

  root.replaceChildren(earlier, rows, later);
  const watcher = new IntersectionObserver(
    (seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        if (target === earlier) addBefore();
        else addBehind();
      }
    },
    { root: scroller, rootMargin: `${AHEAD_PX}px 0px` },
  );
  from = Math.max(0, conversation.count - STEP);
  end = conversation.count;
  rows.replaceChildren(...rowsOf(from, end));
  label();
  scroller.scrollTop = scroller.scrollHeight;
  watcher.observe(earlier);
  watcher.observe(later);
  return {
    show,
    move: (by) => show(placeNow() + by),
    get place() {
      return placeNow();
    },
    close: () => watcher.disconnect(),
  };
}
