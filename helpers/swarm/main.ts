// satchel-drive-swarm: files on Swarm, by a bee node, as a drive for satchel, which runs it for each request (spec/drive.md, "Helpers" and
// "Swarm").
import { answer } from '../web/answer.js';
import { FORM, openPlace } from './place.js';

await answer(process.argv.slice(2), { form: FORM, open: openPlace });
