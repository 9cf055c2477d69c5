// satchel-drive-imap: a folder of a mailbox as a drive for satchel, which runs it for each request (spec/drive.md, "Helpers" and
// "IMAP"). Passwords are where satchel looks for them too, and in nothing that this prints.
import { answer } from '../answer.js';
import { failureOf } from './failure.js';
import { withMailbox } from './mailbox.js';
import about from './package.json' with { type: 'json' };
import { parsePlace } from './place.js';
import { requestsOf } from './requests.js';

process.exitCode = await answer(
  {
    usage: 'satchel runs this for URLs imap://[LOGIN@]HOST/FOLDER: list | get NAME | put NAME | remove NAME',
    // a larger file than any mailbox takes as one mail
    putMax: 128 * 2 ** 20,
    reach: (url, credentials, work) => {
      const place = parsePlace(url);
      return withMailbox(place, { credentials, version: about.version }, (client) =>
        work(requestsOf({ client, place })),
      );
    },
    failureOf,
  },
  process.argv.slice(2),
);
