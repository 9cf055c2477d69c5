// Where notes and their second copies lie (spec/repository.md, "The note"; spec/cli.md, "Environment").
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isOurOwn, stateCopyDirectory, stateDirectory } from '../../../../src/repository/notes/note-places.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

describe('notes', () => {
  it.each([
    [{ SATCHEL_STATE_DIR: '/s', XDG_STATE_HOME: '/x' }, '/s'],
    [{ SATCHEL_STATE_DIR: '', XDG_STATE_HOME: '/x' }, path.join('/x', 'satchel')],
    [{ XDG_STATE_HOME: '' }, path.join(os.homedir(), '.local', 'state', 'satchel')],
    // Windows says so
    [{ LOCALAPPDATA: '/l' }, path.join('/l', 'satchel')],
    [{ LOCALAPPDATA: '/l', XDG_STATE_HOME: '/x' }, path.join('/x', 'satchel')],
  ])('with %o lie in %s', (env, directory) => {
    expect(stateDirectory(env)).toBe(directory);
  });
});

describe('second copies', () => {
  it.each([
    [{ SATCHEL_STATE_COPY: '/c', SATCHEL_STATE_DIR: '/s' }, '/c'],
    [{ SATCHEL_STATE_COPY: '' }, undefined],
    [{ SATCHEL_STATE_DIR: '/s' }, undefined],
  ])('with %o lie in %s', (env, directory) => {
    expect(stateCopyDirectory(env)).toBe(directory);
  });

  it.runIf(process.platform === 'linux')('lie in /var/tmp when nothing is said', () => {
    expect(stateCopyDirectory({})).toBe(`/var/tmp/satchel-${process.getuid?.()}`);
  });

  it.each([
    [{ ProgramData: '/p' }, path.join('/p', 'satchel')],
    [{}, undefined],
    [{ ProgramData: '/p', SATCHEL_STATE_DIR: '/s' }, undefined],
  ])('on Windows with %o lie in %s', (env, directory) => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }));
    expect(stateCopyDirectory(env)).toBe(directory);
  });

  it('are kept in no directory that others could have made or written to', () => {
    expect(isOurOwn(scratchDirectory())).toBe(true);
    expect([isOurOwn('/tmp'), isOurOwn('/nowhere'), isOurOwn('/proc/self/exe')]).toEqual([false, false, false]);
  });
});
