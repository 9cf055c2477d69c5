// There is no disk beside the one in memory.

export default { constants: {}, readFileSync: nowhere, readlinkSync: nowhere };

function nowhere(file: string): never {
  throw Object.assign(new Error(`ENOENT: ${file}`), { code: 'ENOENT', syscall: 'open' });
}
