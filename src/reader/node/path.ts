// What the disk in memory needs of `node:path`: the paths of POSIX, absolute ones, without dots in them.

export default { join, dirname, basename };

function join(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .join('/')
    .replaceAll(/\/+/g, '/');
}

function dirname(place: string): string {
  const end = place.lastIndexOf('/');
  return end <= 0 ? '/' : place.slice(0, end);
}

function basename(place: string): string {
  return place.slice(place.lastIndexOf('/') + 1);
}
