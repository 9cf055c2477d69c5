// Linux: a user unit of systemd (systemd.service(5), systemd.exec(5)).
import path from 'node:path';
import type { ServicePlan, Watcher } from './plan.js';

/** The unit in the user's `configHome`, as XDG_CONFIG_HOME or `~/.config`. */
export function systemdPlan(watcher: Watcher, configHome: string): ServicePlan {
  const unit = `${watcher.name}.service`;
  const systemctl = (...words: string[]): string[] => ['systemctl', '--user', ...words];
  return {
    file: path.join(configHome, 'systemd', 'user', unit),
    content: unitText(watcher),
    install: [systemctl('daemon-reload'), systemctl('enable', unit), systemctl('restart', unit)],
    uninstall: [systemctl('disable', '--now', unit)],
    afterwards: [systemctl('daemon-reload')],
  };
}

function unitText({ command, env }: Watcher): string {
  const variables = Object.entries(env).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`);
  return `# written by "satchel service install"
[Unit]
Description=satchel: sync drives when they are plugged in

[Service]
${[...variables, `ExecStart=${command.map(quoted).join(' ')}`].join('\n')}
Restart=on-failure
RestartSec=30
# 130 and 143: ended by a signal, in order
SuccessExitStatus=130 143
Nice=10
TimeoutStopSec=20

[Install]
WantedBy=default.target
`;
}

/** One word: quotes, backslashes, and what systemd would replace (`%`, `$`) stand for themselves. */
function quoted(word: string): string {
  const escaped = word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
