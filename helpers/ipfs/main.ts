// satchel-drive-ipfs: a folder of a kubo node as a drive for satchel, which runs it for each request (spec/drive.md, "Helpers" and
// "IPFS").
import { answer } from '../web/answer.js';
import { FORM, openPlace } from './place.js';

await answer(process.argv.slice(2), { form: FORM, open: openPlace });
