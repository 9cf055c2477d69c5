// Before the tests of a page: the decoder is started, and there is an empty disk.
import wasm from 'brotli-dec-wasm/web/bg.wasm';
import { startPlatform } from '../../../src/format/platform-browser.js';
import { memoryDisk } from '../../../src/reader/memory-disk.js';
import { useDisk } from '../../../src/repository/disk.js';

startPlatform(wasm);
const disk = memoryDisk(Date.now);
disk.makeDirectories('/tmp');
useDisk(disk);
