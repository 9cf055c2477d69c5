// Every command on a disk that is full once.
import { testCommandsWith } from './commands.js';

testCommandsWith({ mode: 'once', code: 'ENOSPC', calls: 'changes' });
