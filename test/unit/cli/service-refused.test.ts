// What is left when systemd refuses: as it was before, or said to be otherwise (spec/cli.md, "service").
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { installService, uninstallService } from '../../../src/cli/service/apply.js';
import { systemdPlan } from '../../../src/cli/service/systemd.js';
import { scratchDirectory } from '../../testkit/scratch.js';

/** A service that is installed, in that state, and a systemd of a few lines of shell: of what it is asked only `start` works. */
function machine(state: string, start = 'echo active > state') {
  const cwd = scratchDirectory();
  fs.writeFileSync(path.join(cwd, 'state'), state);
  const script = `#!/bin/sh
cd ${cwd}
case "$2" in
is-active) cat state;;
restart) echo failed > state; exit 1;;
start) ${start};;
disable) exit 1;;
esac
`;
  fs.writeFileSync(path.join(cwd, 'systemctl'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${cwd}:${process.env['PATH'] ?? ''}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const watcher = { name: 'satchel', command: ['/usr/bin/satchel', 'watch'], env: {}, home: cwd };
  const plan = systemdPlan(watcher, cwd);
  fs.mkdirSync(path.dirname(plan.file), { recursive: true });
  fs.writeFileSync(plan.file, 'former');
  return { plan, state: () => fs.readFileSync(path.join(cwd, 'state'), 'utf8').trim() };
}

describe.runIf(process.platform === 'linux')('a systemd that refuses', () => {
  it.each(['active', 'activating', 'reloading'])(
    'to replace a watcher that is %s: it is started again',
    async (was) => {
      const { plan, state } = machine(was);
      await expect(installService(plan, 'satchel')).rejects.toThrow('the former file is back, and its watcher runs');
      expect(state()).toBe('active');
      expect(fs.readFileSync(plan.file, 'utf8')).toBe('former');
    },
  );

  it('to start it again, too: that is said', async () => {
    const { plan } = machine('active', 'exit 1');
    await expect(installService(plan, 'satchel')).rejects.toThrow(
      'the former file is back, but its watcher is not seen to run; to start it: systemctl --user start satchel.service',
    );
    expect(fs.readFileSync(plan.file, 'utf8')).toBe('former');
  });

  it.each(['inactive', 'failed'])('to replace one that is %s: nothing is started', async (was) => {
    const { plan, state } = machine(was);
    await expect(installService(plan, 'satchel')).rejects.toThrow(/; the former file is back$/);
    expect(state()).toBe('failed');
  });

  it.each([
    ['active', 'goes on'],
    ['activating', 'goes on'],
    ['deactivating', 'goes on'],
    ['reloading', 'goes on'],
    ['maintenance', 'goes on'],
    ['inactive', 'stopped'],
    ['failed', 'stopped'],
    ['', 'unsure'],
  ])('to stop one that is "%s": %s', async (was, becomes) => {
    const { plan } = machine(was);
    const removing = uninstallService(plan, 'satchel');
    if (becomes === 'goes on') await expect(removing).rejects.toThrow(`satchel could not be stopped: it is ${was}`);
    else expect(await removing).toBe(becomes);
    expect(fs.existsSync(plan.file)).toBe(becomes === 'goes on');
  });
});
