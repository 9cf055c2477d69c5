// Preloaded into the program under test: tells, when it ends, which files and which modules of Node it loaded.
const { writeFileSync } = require('node:fs');
const path = require('node:path');

const before = new Set(process.moduleLoadList);

process.on('exit', () => {
  const modules = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ') && !before.has(name));
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  const report = {
    files: files.map((file) => path.basename(file)),
    modules: modules.map((name) => name.slice('NativeModule '.length)),
  };
  writeFileSync(process.env.STARTED_REPORT, JSON.stringify(report));
});
