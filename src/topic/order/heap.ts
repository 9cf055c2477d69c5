// A binary heap: the k-way merges of order.ts and tail.ts stand on it.

/** Items in no order but that the first one comes before all others. */
export interface Heap<T> {
  push(item: T): void;
  /** Takes out the item that comes before all others. */
  pop(): T | undefined;
}

/** An empty heap ordered by `isBefore`. */
export function createHeap<T>(isBefore: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];
  return {
    push(item) {
      items.push(item);
      rise(items, isBefore);
    },
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink(items, isBefore);
      }
      return first;
    },
  };
}

function rise<T>(items: T[], isBefore: (a: T, b: T) => boolean): void {
  let at = items.length - 1;
  const item = items[at] as T;
  while (at > 0) {
    const up = (at - 1) >>> 1;
    const parent = items[up] as T;
    if (!isBefore(item, parent)) break;
    items[at] = parent;
    at = up;
  }
  items[at] = item;
}

function sink<T>(items: T[], isBefore: (a: T, b: T) => boolean): void {
  const item = items[0] as T;
  let at = 0;
  for (let child = 1; child < items.length; child = 2 * at + 1) {
    const right = child + 1;
    if (right < items.length && isBefore(items[right] as T, items[child] as T)) child = right;
    if (!isBefore(items[child] as T, item)) break;
    items[at] = items[child] as T;
    at = child;
  }
  items[at] = item;
}
