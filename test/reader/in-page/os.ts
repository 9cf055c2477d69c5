// In the place of `node:os` in a page of tests.

export default { hostname: (): string => 'page', tmpdir: (): string => '/tmp' };
