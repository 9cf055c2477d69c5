// Every command on a disk that fails once, whatever is done.
import { testCommandsWith } from './commands.js';

testCommandsWith({ mode: 'once', code: 'EIO', calls: 'all' });
