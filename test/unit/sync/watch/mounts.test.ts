import { describe, expect, it } from 'vitest';
import { parseMountOutput } from '../../../../src/sync/watch/mount-output.js';
import { parseMountinfo } from '../../../../src/sync/watch/mountinfo.js';
import { parseMountvol } from '../../../../src/sync/watch/mountvol.js';

const MOUNTINFO = String.raw`22 28 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
23 28 0:22 / /proc rw,nosuid,nodev,noexec,relatime shared:14 - proc proc rw
28 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw,errors=remount-ro
96 28 7:1 / /snap/core20/2105 ro,nodev,relatime shared:48 - squashfs /dev/loop1 ro,errors=continue,threads=single
412 28 8:17 / /media/ana/MY\040STICK rw,nosuid,nodev,relatime shared:221 - vfat /dev/sdb1 rw,uid=1000,gid=1000,shortname=mixed,utf8,flush,errors=remount-ro
421 28 8:33 / /run/media/ana/back\134slash\011tab rw,nosuid,nodev,relatime shared:230 - fuseblk /dev/sdc1 rw,user_id=0
430 28 0:52 / /media/ana/gr\303\274n rw - exfat /dev/sdd1 rw
431 430 0:53 / /mnt/no-optional-fields rw,relatime - tmpfs tmpfs rw
432 28 0:54 / /mnt/net rw,relatime shared:240 - autofs systemd-1 rw,fd=55,pgrp=1,timeout=0
433 432 0:55 / /mnt/net rw,relatime shared:241 - nfs4 10.0.0.2:/export rw,vers=4.2
434 28 8:49 / /media/twice rw - vfat /dev/sde1 rw
435 434 8:65 / /media/twice rw - vfat /dev/sdf1 rw
436 28 8:66 / /media/hidden rw - vfat /dev/sdg1 rw
437 436 0:56 / /media/hidden rw - autofs systemd-1 rw
438 28 0:57 / /mediatheque rw - vfat /dev/sdh1 rw
`;

describe('mountinfo', () => {
  it('gives the media below the usual places, with their names as they are', () => {
    expect(parseMountinfo(MOUNTINFO)).toEqual([
      { id: '412/8:17', directory: '/media/ana/MY STICK' },
      { id: '421/8:33', directory: '/run/media/ana/back\\slash\ttab' },
      { id: '430/0:52', directory: '/media/ana/grün' },
      { id: '431/0:53', directory: '/mnt/no-optional-fields' },
      { id: '433/0:55', directory: '/mnt/net' },
      { id: '435/8:65', directory: '/media/twice' },
    ]);
  });

  it('passes over lines that it does not understand', () => {
    expect(parseMountinfo('')).toEqual([]);
    expect(parseMountinfo('rubbish\n1 2 3\n412 28 8:17 / /media/x rw\n - vfat\n')).toEqual([]);
  });
});

const MAC = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s6 on /System/Volumes/VM (apfs, local, noexec, journaled, noatime, nobrowse)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
/dev/disk4s1 on /Volumes/MY STICK (msdos, local, nodev, nosuid, noowners, noatime, fskit)
/dev/disk5s2 on /Volumes/Work on (the) road (exfat, local, nodev, nosuid, noowners)
//ana@server._smb._tcp.local/share on /Volumes/share (smbfs, nodev, nosuid, mounted by ana)
map -hosts on /Volumes/net (autofs, nosuid, automounted, nobrowse)
`;

describe('the output of mount', () => {
  it('gives what macOS has below /Volumes', () => {
    expect(parseMountOutput(MAC)).toEqual([
      { id: '/dev/disk4s1', directory: '/Volumes/MY STICK' },
      { id: '/dev/disk5s2', directory: '/Volumes/Work on (the) road' },
      { id: '//ana@server._smb._tcp.local/share', directory: '/Volumes/share' },
    ]);
    expect(parseMountOutput('rubbish\n')).toEqual([]);
  });
});

const WINDOWS = [
  'Erstellt, löscht oder listet einen Volumebereitstellungspunkt auf.',
  '',
  'MOUNTVOL [Laufwerk:]Pfad Volumename',
  'MOUNTVOL [Laufwerk:]Pfad /D',
  '',
  'Mögliche Werte für Volumename mit aktuellen Bereitstellungspunkten:',
  '',
  '    \\\\?\\Volume{2eca078d-5cbc-43d3-aff8-7e8511f60d0e}\\',
  '        C:\\',
  '',
  '    \\\\?\\Volume{0c39a1e4-0000-0000-0000-100000000000}\\',
  '        E:\\',
  '        C:\\mounted here\\',
  '',
  '    \\\\?\\Volume{5d2a0c9e-1111-2222-3333-444455556666}\\',
  '        *** KEINE BEREITSTELLUNGSPUNKTE ***',
  '',
].join('\r\n');

describe('the output of mountvol', () => {
  it('gives letters and folders in any language', () => {
    const stick = '\\\\?\\Volume{0c39a1e4-0000-0000-0000-100000000000}\\';
    expect(parseMountvol(WINDOWS)).toEqual([
      { id: '\\\\?\\Volume{2eca078d-5cbc-43d3-aff8-7e8511f60d0e}\\', directory: 'C:\\' },
      { id: stick, directory: 'E:\\' },
      { id: stick, directory: 'C:\\mounted here\\' },
    ]);
    expect(parseMountvol('')).toEqual([]);
  });
});
