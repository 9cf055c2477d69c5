import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

interface Service {
  readonly name: string;
  readonly file: string;
  readonly installed: boolean;
  readonly state: string | null;
}

/** A machine with a systemd that writes down what it is asked. */
function machine() {
  const cwd = scratchDirectory();
  const bin = path.join(cwd, 'bin');
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, 'systemctl'), `#!/bin/sh\necho "$@" >> ${cwd}/asked\necho active\n`, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const asked = (): string[] => {
    const file = path.join(cwd, 'asked');
    const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
    fs.rmSync(file, { force: true });
    return lines;
  };
  return { cwd, env, asked };
}

describe.runIf(process.platform === 'linux')('satchel service', () => {
  it('is installed, asked for its state, and removed', () => {
    const { cwd, env, asked } = machine();
    run(['init', '--name', 'ana'], { cwd });
    expect(runJson<Service>(['service', 'status'], { cwd, env })).toMatchObject({
      name: 'satchel',
      installed: false,
      state: null,
    });
    const { file } = runJson<Service>(['service', 'install', 'shared folder'], { cwd, env });
    expect(file).toBe(path.join(cwd, 'home', '.config', 'systemd', 'user', 'satchel.service'));
    expect(fs.readFileSync(file, 'utf8')).toContain(`"watch" "--" "${path.join(cwd, 'shared folder')}"\n`);
    expect(asked()).toEqual([
      '--user daemon-reload',
      '--user enable satchel.service',
      '--user restart satchel.service',
      '--user is-active satchel.service',
    ]);
    expect(runJson<Service>(['service', 'status'], { cwd, env })).toMatchObject({ installed: true, state: 'active' });
    expect(runJson<Service>(['service', 'uninstall'], { cwd, env })).toMatchObject({ installed: false });
    expect(fs.existsSync(file)).toBe(false);
    expect(asked().slice(1)).toEqual(['--user disable --now satchel.service', '--user daemon-reload']);
    expect(run(['service', 'uninstall'], { cwd, env }).status).toBe(0);
    expect(asked()).toEqual([]);
  });

  it('tells repositories apart, and refuses where there is none', () => {
    const { cwd, env, asked } = machine();
    run(['init', 'ana', '--name', 'ana'], { cwd });
    expect(runJson<Service>(['-C', 'ana', 'service', 'status'], { cwd, env }).name).toMatch(/^satchel-[0-9a-f]{8}$/);
    expect(run(['service', 'install'], { cwd, env }).status).toBe(10);
    expect(asked()).toEqual([]);
  });

  it('passes on what systemd says against it', () => {
    const { cwd, env } = machine();
    fs.writeFileSync(path.join(cwd, 'bin', 'systemctl'), '#!/bin/sh\necho "Failed to connect to bus" >&2; exit 1\n');
    run(['init', '--name', 'ana'], { cwd });
    const { status, stderr } = run(['service', 'install'], { cwd, env });
    expect(status).toBe(30);
    expect(stderr).toContain('Failed to connect to bus; nothing is installed');
    // so nothing is said to be there
    expect(run(['service', 'status'], { cwd, env }).stdout).toContain('satchel is not installed');
  });

  it('never says more than systemd does, and leaves what was there when it refuses', () => {
    const { cwd, env } = machine();
    const systemctl = (script: string): void =>
      fs.writeFileSync(path.join(cwd, 'bin', 'systemctl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    run(['init', '--name', 'ana'], { cwd });
    systemctl('case "$2" in is-active) echo failed; exit 3;; esac');
    expect(run(['service', 'install'], { cwd, env }).stdout).toContain('installed: has failed; to see why: journalctl');
    const { file } = runJson<Service>(['service', 'status'], { cwd, env });
    const before = fs.readFileSync(file, 'utf8');
    systemctl('case "$2" in restart) exit 1;; esac');
    expect(run(['service', 'install', 'elsewhere'], { cwd, env })).toMatchObject({
      status: 30,
      stderr: expect.stringContaining('the former file is back'),
    });
    expect(fs.readFileSync(file, 'utf8')).toBe(before);
    for (const state of ['active', 'deactivating']) {
      systemctl(`case "$2" in is-active) echo ${state};; *) exit 1;; esac`);
      expect(run(['service', 'uninstall'], { cwd, env }).stderr).toContain(
        `satchel could not be stopped: it is ${state}`,
      );
      expect(fs.existsSync(file)).toBe(true);
    }
    systemctl('exit 1');
    expect(run(['service', 'status'], { cwd, env }).stdout).toContain('whether it runs is not known');
    expect(run(['service', 'uninstall'], { cwd, env }).stdout).toContain('whether it still runs is not known');
    expect(fs.existsSync(file)).toBe(false);
  });

  it.each(['linux', 'macos', 'windows'])('is printed for %s, and nothing is done', (system) => {
    const { cwd, env, asked } = machine();
    const { status, stdout } = run(['service', 'install', '--print', '--system', system], { cwd, env });
    expect(status).toBe(0);
    expect(stdout).toContain('watch');
    expect(stdout).toMatch(
      { linux: /systemctl --user enable/, macos: /launchctl load/, windows: /schtasks/ }[system] ?? /^$/,
    );
    expect(asked()).toEqual([]);
    expect(fs.existsSync(path.join(cwd, 'home', '.config'))).toBe(false);
  });

  it('has a unit that systemd itself understands', (context) => {
    const { cwd } = machine();
    const { content } = runJson<{ content: string }>(['service', 'install', '--print', 'a %b $c "d"'], { cwd });
    const unit = path.join(cwd, 'satchel.service');
    fs.writeFileSync(unit, content);
    const { error, status, stderr } = spawnSync('systemd-analyze', ['verify', '--user', unit], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: cwd },
    });
    if (error) context.skip('there is no systemd-analyze here');
    expect([status, stderr.split('\n').filter((line) => line.includes('satchel.service'))]).toEqual([0, []]);
  });
});
