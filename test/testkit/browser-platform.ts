// The formats on the platform of browsers, for every test of `npm run browser`: its decoder is started as a page would.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startPlatform } from '../../src/format/platform-browser.js';

startPlatform(new Uint8Array(fs.readFileSync(fileURLToPath(import.meta.resolve('brotli-dec-wasm/web/bg.wasm')))));
