// What a device says, on a drive itself, that it holds (spec/drive.md, "Tidying"): everybody who looks there finds the same.
import type { Frontier } from '../../format/bundle/frontier.js';
import { openBundle, readFrontier } from '../../format/bundle/reader.js';
import { SatchelError } from '../../format/error.js';
import type { DeviceKey } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import type { Medium } from '../medium/medium.js';
import type { Drive } from './drive.js';
import type { VerifiedBundle } from './holdings.js';
import { statedIn } from './memory.js';
import { newestOfEach } from './newest.js';

/** What a device said on one drive; empty when it said nothing there. */
export type SaidThere = (device: DeviceKey) => Frontier;

/**
 * Finds what a device's newest bundles there say when it is first asked for: what was noted of them, else it is read there.
 * Of a drive that is away nothing is known.
 */
export function saidThere(
  { layout }: Repository,
  drive: Drive | undefined,
  bundles: readonly VerifiedBundle[],
): SaidThere {
  if (!drive) return () => NOTHING;
  const newest = [...newestOfEach(bundles)];
  const said = new Map<DeviceKey, Frontier>();
  return (device) => {
    const known = said.get(device);
    if (known) return known;
    const own = newest.filter(({ file }) => file.by === device);
    const frontiers = own.map(
      ({ name, file }) => statedIn(layout, drive.id, file) ?? frontierIn(drive.medium, name, device),
    );
    const frontier: Frontier = new Map(frontiers.flatMap((one) => [...one]));
    said.set(device, frontier);
    return frontier;
  };
}

const NOTHING: Frontier = new Map();

/** The frontier in a bundle that was verified before; of one that went, or cannot be read, nothing is known. */
function frontierIn(medium: Medium, name: string, device: DeviceKey): Frontier {
  try {
    const file = medium.open(name);
    try {
      const bundle = openBundle(file);
      return bundle.manifest.key === device ? readFrontier(bundle) : NOTHING;
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof SatchelError) return NOTHING;
    throw error;
  }
}
