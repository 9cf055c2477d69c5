// Every command on a disk that takes no more change.
import { testCommandsWith } from './commands.js';

testCommandsWith({ mode: 'forever', code: 'EPERM', calls: 'changes' });
