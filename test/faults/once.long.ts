// Every command on a disk that fails once, at each of its calls.
import { testCommandsWith } from './commands.js';

testCommandsWith({ mode: 'once', code: 'EIO', calls: 'all' });
