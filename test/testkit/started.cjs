// Preloaded into the program under test: counts, and tells when it ends, what it took to start.
const { writeFileSync } = require('node:fs');
const vm = require('node:vm');

const before = new Set(process.moduleLoadList);
const texts = [];
vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options);
    texts.push({ length: code.length, kept: this.cachedDataRejected === false });
  }
};

process.on('exit', () => {
  const modules = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ') && !before.has(name));
  const report = { texts, modules: modules.map((name) => name.slice('NativeModule '.length)) };
  writeFileSync(process.env.STARTED_REPORT, JSON.stringify(report));
});
