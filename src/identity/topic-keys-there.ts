// Whether any keys of private topics are here, told without opening one (spec/repository.md, "Topic keys").
import path from 'node:path';
import { namesIn } from '../repository/files.js';
import { layoutOf } from '../repository/layout.js';

/** Where those files lie. */
export function topicKeysDirectory(directory: string): string {
  return path.join(layoutOf(directory).keys, 'topics');
}

/** Whether there are any. */
export function hasTopicKeys(directory: string): boolean {
  return namesIn(topicKeysDirectory(directory)).length > 0;
}
