// Topics and settings, with the built program.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

interface Listed {
  readonly current: string | null;
  readonly carryAll: boolean;
  readonly topics: readonly { readonly name: string; readonly topicId: string; readonly joined: boolean }[];
}

describe('topics', () => {
  it('are joined by name, created, switched and left', () => {
    const cwd = scratchDirectory();
    run(['init', '--name', 'Ana', '-q'], { cwd });
    const topic = (...words: string[]) => run(['topic', ...words], { cwd });
    expect(topic('mute')).toMatchObject({ status: 15 });
    expect(topic('join', 'garden').stderr).toContain('open to anyone who knows the name');
    expect(topic('create', 'Summer trip', '--open').stdout).toContain('it is the current topic');
    expect(topic('create', 'Summer trip', '--open').status).toBe(2);
    expect(topic('receipts', 'off', 'garden').status).toBe(0);
    expect(topic('carry', 'all').status).toBe(0);
    expect(topic('switch', 'garden').status).toBe(0);
    expect(topic('leave', 'garden').stderr).toContain('The current topic is "Summer trip"');
    expect(topic('switch', 'garden')).toMatchObject({
      status: 15,
      stderr: expect.stringContaining('topic join garden'),
    });
    for (const words of [
      ['topic', 'switch'],
      ['read', '-t'],
      ['feed', '--as', 'x', '-t'],
      ['search', 'x', '-t'],
    ]) {
      const near = run([...words, 'summer trp'], { cwd });
      expect(near).toMatchObject({ status: 15, stderr: expect.stringContaining('did you mean "Summer trip"?') });
    }
    const listed = runJson<Listed>(['topic', 'list'], { cwd });
    expect(listed).toMatchObject({
      carryAll: true,
      topics: [
        { name: 'garden', kind: 'rendezvous', joined: false, receipts: 'off', logs: 0, entries: 0, unread: 0 },
        { name: 'Summer trip', kind: 'created', joined: true, current: true },
      ],
    });
    expect(listed.current).toBe(listed.topics[1]?.topicId);
  });
});

describe('a lost index', () => {
  it('is built again with every log in its topic', () => {
    const cwd = scratchDirectory();
    run(['init', '--name', 'Ana', '-q'], { cwd });
    run(['post', '-t', 'garden', 'hello', '-q'], { cwd });
    fs.rmSync(path.join(cwd, 'home', '.satchel', 'index'), { recursive: true });
    expect(run(['topic', 'list'], { cwd }).stdout).toContain('1 message');
  });
});

describe('settings', () => {
  it('are listed, changed and checked', () => {
    const cwd = scratchDirectory();
    run(['init', '--name', 'Ana', '-q'], { cwd });
    expect(run(['config', 'set', 'quota.stranger', '32M'], { cwd }).stdout).toBe('quota.stranger is 32 MiB\n');
    expect(runJson(['config', 'get', 'quota.stranger'], { cwd })).toEqual({ key: 'quota.stranger', value: 2 ** 25 });
    expect(run(['config', 'get', 'quota.strangr'], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/did you mean quota\.stranger\?.*lock-timeout/),
    });
    expect(run(['config', 'list'], { cwd }).stdout).toContain('export.uncompressed');
  });
});
