// What a page knows of the computer: nothing.

export default { hostname: (): string => 'browser' };
