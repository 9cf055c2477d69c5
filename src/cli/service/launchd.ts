// macOS: an agent of launchd (launchd.plist(5)).
import path from 'node:path';
import type { ServicePlan, Watcher } from './plan.js';

/** The agent in `~/Library/LaunchAgents`. */
export function launchdPlan(watcher: Watcher): ServicePlan {
  const label = `local.${watcher.name}`;
  const file = path.posix.join(watcher.home, 'Library', 'LaunchAgents', `${label}.plist`);
  return {
    file,
    content: plistText(watcher, label),
    install: [['launchctl', 'load', '-w', file]],
    uninstall: [['launchctl', 'unload', '-w', file]],
    afterwards: [],
  };
}

function plistText({ command, env, home, name }: Watcher, label: string): string {
  const variables = Object.entries(env).map(
    ([key, value]) => `    <key>${xml(key)}</key>\n    <string>${xml(value)}</string>\n`,
  );
  const log = xml(path.posix.join(home, 'Library', 'Logs', `${name}.log`));
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xml(label)}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${xml(word)}</string>\n`).join('')}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('')}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardErrorPath</key>
  <string>${log}</string>
  <key>StandardOutPath</key>
  <string>${log}</string>
</dict>
</plist>
`;
}

/** Text as XML has it. */
export function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
