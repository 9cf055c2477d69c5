// How a conversation looks that was written out as a page: as in the page that shows bundles (docs/reader.md).

/** Light or dark, as whoever looks has it. */
export const STYLE = `
:root {
  --ground: #f6f4ef; --paper: #fffdf8; --ink: #26241f; --faint: #6d675b; --line: #e2ddd0; --warn: #9a5b00; --quote: #f0ece1;
  --hue-0: #1f6f5c; --hue-1: #2d5fa8; --hue-2: #8a3f8f; --hue-3: #8a5a00; --hue-4: #a3403a; --hue-5: #4d6b1f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #17191b; --paper: #1f2225; --ink: #e6e3db; --faint: #9c978b; --line: #34383c; --warn: #e0a84e; --quote: #282c30;
    --hue-0: #6cc5ab; --hue-1: #8ab4f0; --hue-2: #d49ad8; --hue-3: #dcb35f; --hue-4: #f09a90; --hue-5: #b0cc7c;
  }
}
* { box-sizing: border-box; }
h2, h3, p { margin: 0; font-size: inherit; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
}
.bar { padding: 0.6rem 1rem; background: var(--paper); border-bottom: 1px solid var(--line); color: var(--faint); font-size: 0.85rem; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem 1.2rem 3rem; }
h2 { margin: 1rem 0; font-size: 1.4rem; overflow-wrap: anywhere; }
.day { display: flex; justify-content: center; margin: 1.2rem 0 0.8rem; font-size: 0.85rem; font-weight: 600; color: var(--faint); }
.date { padding: 0.1rem 0.8rem; background: var(--quote); border-radius: 1rem; }
.message {
  margin: 0.35rem 0; padding: 0.5rem 0.8rem 0.6rem; background: var(--paper); border: 1px solid var(--line);
  border-inline-start: 3px solid var(--hue); border-radius: 0.5rem; overflow: hidden; contain: content;
}
.message:target { outline: 2px solid var(--hue); }
.hue-0 { --hue: var(--hue-0); }
.hue-1 { --hue: var(--hue-1); }
.hue-2 { --hue: var(--hue-2); }
.hue-3 { --hue: var(--hue-3); }
.hue-4 { --hue: var(--hue-4); }
.hue-5 { --hue: var(--hue-5); }
.message > header { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; }
.name { color: var(--hue); font-weight: 600; overflow-wrap: anywhere; }
.time { color: var(--faint); font-size: 0.85rem; font-variant-numeric: tabular-nums; text-decoration: none; }
.doubtful .time { color: var(--warn); font-weight: 600; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; text-align: start; }
.quote {
  display: block; margin: 0.2rem 0 0.4rem; padding: 0.3rem 0.6rem; background: var(--quote); border-inline-start: 2px solid var(--line);
  border-radius: 0.3rem; color: var(--faint); font-size: 0.9rem; text-decoration: none; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap;
}
.quoted-name { font-weight: 600; }
.state, .attachment { color: var(--faint); font-size: 0.9rem; overflow-wrap: anywhere; }
.state { font-style: italic; }
.attachment { margin-top: 0.4rem; }
.attachment a { color: inherit; }
.lacking { color: var(--warn); }
.gap { margin: 0.8rem 0; color: var(--warn); font-size: 0.9rem; text-align: center; overflow-wrap: anywhere; }
`;
