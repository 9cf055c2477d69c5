import { describe, expect, it } from 'vitest';
import { launchdPlan } from '../../../src/cli/service/launchd.js';
import type { Watcher } from '../../../src/cli/service/plan.js';
import { scheduledTaskPlan } from '../../../src/cli/service/scheduled-task.js';
import { systemdPlan } from '../../../src/cli/service/systemd.js';

const PLAIN: Watcher = {
  name: 'satchel',
  command: ['/usr/bin/node', '/opt/satchel.mjs', '-C', '/home/ana', 'watch', '--'],
  env: {},
  home: '/home/ana',
};
const ODD: Watcher = {
  ...PLAIN,
  command: ['/usr/bin/node', '/opt/my "own" 100%/$x\\satchel.mjs', '-C', '/home/<ana> & co', 'watch', '--'],
  env: { SATCHEL_PASSPHRASE_FILE: '/home/ana/a b' },
};

describe('the unit of systemd', () => {
  it('runs the watcher in the session of the user', () => {
    const plan = systemdPlan(PLAIN, '/home/ana/.config');
    expect(plan.file).toBe('/home/ana/.config/systemd/user/satchel.service');
    expect(plan.content).toContain('\nExecStart="/usr/bin/node" "/opt/satchel.mjs" "-C" "/home/ana" "watch" "--"\n');
    expect(plan.content).toContain('\nSuccessExitStatus=130 143\n');
    expect(plan.content).toContain('\nWantedBy=default.target\n');
    expect(plan.install.map((words) => words.join(' '))).toContain('systemctl --user enable satchel.service');
  });

  it('says odd paths as they are', () => {
    const { content } = systemdPlan(ODD, '/c');
    expect(content).toContain(String.raw`"/opt/my \"own\" 100%%/$$x\\satchel.mjs"`);
    expect(content).toContain('\nEnvironment="SATCHEL_PASSPHRASE_FILE=/home/ana/a b"\n');
  });
});

describe('the agent of launchd', () => {
  it('is well-formed XML with every word of the command', () => {
    const { file, content } = launchdPlan(ODD);
    expect(file).toBe('/home/ana/Library/LaunchAgents/local.satchel.plist');
    expect(content).toContain('<string>/opt/my &quot;own&quot; 100%/$x\\satchel.mjs</string>');
    expect(content).toContain('<string>/home/&lt;ana&gt; &amp; co</string>');
    expect(content).toMatch(/<key>SATCHEL_PASSPHRASE_FILE<\/key>\s*<string>\/home\/ana\/a b<\/string>/);
    expectBalanced(content);
  });
});

describe('the scheduled task', () => {
  const windows: Watcher = {
    name: 'satchel',
    command: ['C:\\Program Files\\nodejs\\node.exe', 'C:\\s.mjs', '-C', 'C:\\Users\\Ana B', 'watch', '--'],
    env: {},
    home: 'C:\\Users\\Ana B',
  };

  it('starts the watcher at logon', () => {
    const { file, content, install } = scheduledTaskPlan(windows);
    expect(file).toBe('C:\\Users\\Ana B\\AppData\\Local\\satchel\\satchel.xml');
    expect(content).toContain('<Command>C:\\Program Files\\nodejs\\node.exe</Command>');
    expect(content).toContain('<Arguments>C:\\s.mjs -C &quot;C:\\Users\\Ana B&quot; watch --</Arguments>');
    expect(content).toContain('<LogonTrigger>');
    expect(install[0]).toEqual(['schtasks', '/Create', '/TN', 'satchel', '/XML', file, '/F']);
    expectBalanced(content);
  });

  it('sets variables through cmd', () => {
    const { content } = scheduledTaskPlan({ ...windows, env: { SATCHEL_STATE_DIR: 'C:\\state' } });
    expect(content).toContain('<Command>cmd.exe</Command>');
    expect(content).toContain('set &quot;SATCHEL_STATE_DIR=C:\\state&quot;&amp;&amp; &quot;C:\\Program Files');
  });
});

/** Every element that is opened is closed, in order. */
function expectBalanced(content: string): void {
  const open: string[] = [];
  for (const [, slash, name = '', empty] of content.matchAll(/<(\/?)([A-Za-z]+)[^<>]*?(\/?)>/g)) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!empty) open.push(name);
  }
  expect(open).toEqual([]);
}
