// What a device is called among the devices of its person (spec/devices.md, "Device list").
import os from 'node:os';
import { DEVICE_LABEL_MAX } from '../../../format/limits.js';
import { nameProblem, parseName } from '../../../identity/names.js';

/** The label that was given, else the name of this computer. @throws SatchelError `usage` for one that is none */
export function deviceLabel(given?: string): string {
  if (given !== undefined) return parseName(given, { maxBytes: DEVICE_LABEL_MAX });
  const [name = ''] = os.hostname().split('.', 1);
  return nameProblem(name, DEVICE_LABEL_MAX) === undefined ? name : 'computer';
}
