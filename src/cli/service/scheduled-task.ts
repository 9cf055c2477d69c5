// Windows: a scheduled task that starts at logon (the schema of the Task Scheduler, version 1.2).
import path from 'node:path';
import { xml } from './launchd.js';
import type { ServicePlan, Watcher } from './plan.js';

/** The task, with its definition beside the user's settings. */
export function scheduledTaskPlan(watcher: Watcher): ServicePlan {
  const file = path.win32.join(watcher.home, 'AppData', 'Local', 'satchel', `${watcher.name}.xml`);
  return {
    file,
    content: taskText(watcher),
    install: [
      ['schtasks', '/Create', '/TN', watcher.name, '/XML', file, '/F'],
      ['schtasks', '/Run', '/TN', watcher.name],
    ],
    uninstall: [
      ['schtasks', '/End', '/TN', watcher.name],
      ['schtasks', '/Delete', '/TN', watcher.name, '/F'],
    ],
    afterwards: [],
  };
}

function taskText({ command: [program = '', ...args], env }: Watcher): string {
  // a task has no variables of its own: cmd sets them
  const sets = Object.entries(env).map(([name, value]) => `set "${name}=${value}"&& `);
  const line =
    sets.length === 0
      ? args.map(quoted).join(' ')
      : `/d /s /c "${sets.join('')}${[program, ...args].map(quoted).join(' ')}"`;
  return `<?xml version="1.0"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>satchel: sync drives when they are plugged in</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>10</Count>
    </RestartOnFailure>
  </Settings>
  <Actions>
    <Exec>
      <Command>${xml(sets.length === 0 ? program : 'cmd.exe')}</Command>
      <Arguments>${xml(line)}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

/** One word of a command line as Windows programs take it apart. */
function quoted(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
