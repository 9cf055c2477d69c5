// Every command on a disk that fails once, whatever is done; at every 23rd call, beginning with another one each time.
import { testCommandsWith } from './commands.js';

testCommandsWith({ mode: 'once', code: 'EIO', calls: 'all' }, { every: 23 });
