// satchel-drive-imap: a folder of a mailbox as a drive for satchel, which runs it for each request (spec/drive.md, "Helpers" and
// "IMAP"). Passwords are where satchel looks for them too, and in nothing that this prints.
import { answer } from './answer.js';

const { status, why } = await answer(process.argv.slice(2));
if (why !== '') process.stderr.write(`${why.split(/[\r\n]/, 1)[0]}\n`);
process.exitCode = status;
