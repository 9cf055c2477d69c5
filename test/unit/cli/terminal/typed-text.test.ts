// A text typed or pasted at a prompt: what comes is what is in it, however it is cut into pieces (spec/cli.md, "The prompt").
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TypedState, TypedText } from '../../../../src/cli/terminal/typed-text.js';

function typed(...pieces: string[]): { text: string; state: TypedState; shown: string } {
  const text = new TypedText();
  const shown = pieces.map((piece) => text.push(piece, 80)).join('');
  return { text: text.text, state: text.state, shown };
}

describe('TypedText', () => {
  it.each<[string, string[], string, TypedState]>([
    ['Enter', ['one\r', 'two\rthree'], 'one\ntwo\nthree', 'open'],
    ['Ctrl-D', ['one\r', '\x04'], 'one\n', 'ended'],
    ['Ctrl-D behind a text', ['one\x04'], 'one', 'ended'],
    ['Ctrl-D as Linux keeps it', ['one\n\0'], 'one\n', 'ended'],
    ['Ctrl-D with more behind it', ['one\x04two'], 'one\x04two', 'open'],
    ['Ctrl-D, and then more', ['one\x04', 'two'], 'one\x04two', 'open'],
    ['Ctrl-C', ['one', '\x03two'], 'one', 'interrupted'],
    ['Backspace', ['ab😀\x7f\x7fc'], 'ac', 'open'],
    ['Backspace across lines', ['ab\r\x7fc'], 'abc', 'open'],
    ['Backspace with nothing there', ['\x7f\x7fa'], 'a', 'open'],
    ['Backspace on what looks like one', ['ae\u0301\x7f'], 'a', 'open'],
    ['Ctrl-U and Ctrl-W', ['ab\x15cd ef\x17'], 'cd ', 'open'],
    ['arrows and other keys', ['a\x1b[Ab\x1bOPc\x1b[1;5D'], 'abc', 'open'],
    ['a key in two pieces', ['a\x1b', '[Ab'], 'ab', 'open'],
    ['a tab', ['a\tb'], 'a\tb', 'open'],
    ['line breaks of every kind', ['a\rb\nc\r\nd\r', '\ne'], 'a\nb\nc\nd\ne', 'open'],
    ['a paste', ['\x1b[200~a\x04\x03\x7f\x1b[A\x1b[201~\x04'], 'a\x04\x03\x7f\x1b[A', 'ended'],
  ])('%s', (_, pieces, text, state) => {
    expect(typed(...pieces)).toMatchObject({ text, state });
  });

  it('has of a paste what was in it, whatever that is and however it comes', () => {
    const content = fc.string({
      unit: fc.constantFrom('\r', '\t', '\x04', '\x03', '\x1b', '[', '201', '~', 'a', '😀', ' '),
    });
    const pasted = content.filter((text) => !text.includes('\x1b[201~'));
    fc.assert(
      fc.property(pasted, fc.array(fc.nat(60), { maxLength: 5 }), (text, cuts) => {
        const whole = `\x1b[200~${text}\x1b[201~\x04`;
        const places = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((end, i) => whole.slice(places[i], end));
        expect(typed(...pieces)).toMatchObject({ text: text.replaceAll('\r', '\n'), state: 'ended' });
      }),
    );
  });

  it('draws no control of what it is given', () => {
    expect(typed('\x1b[200~a\x1b]0;x\x07\u202eb\x1b[201~').shown).toBe('a\\x1b]0;x\\x07\\u202eb');
  });
});
