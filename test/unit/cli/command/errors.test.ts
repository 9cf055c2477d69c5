import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../../../src/cli/command/errors.js';
import { SatchelError } from '../../../../src/format/error.js';

describe('describeFailure', () => {
  const error = new SatchelError('not-found', 'no contact "b\x1bob"', { hint: 'run "satchel contact list"' });

  it('speaks to people', () => {
    expect(describeFailure(error, { json: false })).toEqual({
      exit: 15,
      text: 'satchel: error: no contact "b\\x1bob"\nsatchel: hint: run "satchel contact list"\n',
    });
  });

  it('speaks to programs', () => {
    const { exit, text } = describeFailure(error, { json: true });
    expect(exit).toBe(15);
    expect(JSON.parse(text)).toEqual({
      type: 'error',
      code: 'not-found',
      exit: 15,
      message: error.message,
      hint: error.hint,
    });
  });

  it('says that anything else is a bug', () => {
    const { exit, text } = describeFailure(new TypeError('x is not a function'), { json: false });
    expect(exit).toBe(1);
    expect(text).toMatch(/^satchel: error: unexpected: TypeError: x is not a function\nsatchel: hint: this is a bug/);
  });

  it('shows where on request', () => {
    expect(describeFailure(error, { json: false, trace: true }).text).toContain('errors.test.ts');
  });
});
