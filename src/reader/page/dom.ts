// Elements by name. What others wrote gets into the page here, as text and never as markup.

/** Attributes that an element may be given; `class` by its own name. */
type Attributes = Readonly<Record<string, string | boolean | undefined>>;
type Child = Node | string | undefined;

/** An element with attributes and children; strings become text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(attribute, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A button that does something. */
export function button(label: string, attributes: Attributes, act: () => unknown): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', () => act());
  return made;
}

/** The element of the page with that id. */
export function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** Lets the browser draw what was changed. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => {
    // a page in the background is not drawn
    const done = setTimeout(resolve, 100);
    requestAnimationFrame(() => {
      clearTimeout(done);
      setTimeout(resolve, 0);
    });
  });
}
