// satchel-drive-nats: a bucket of NATS JetStream as a drive for satchel, which runs it for each request (spec/drive.md, "Helpers" and
// "NATS"). Passwords are where satchel looks for them too, and in nothing that this prints.
import { Console } from 'node:console';
import { answer } from '../answer.js';
import { openingOf } from './credentials.js';
import { failureOf } from './failure.js';
import { Link } from './link.js';
import { parsePlace } from './place.js';
import { requestsOf } from './requests.js';

// the client says there what it could not read; standard output is for files
globalThis.console = new Console(process.stderr);

process.exitCode = await answer(
  {
    usage: 'satchel runs this for URLs nats://[LOGIN@]HOST/BUCKET: list | get NAME | put NAME | remove NAME',
    putMax: 128 * 2 ** 20,
    reach: async (url, credentials, work) => {
      const place = parsePlace(url);
      const link = new Link(place, openingOf(place, credentials));
      try {
        return await work(requestsOf({ link, bucket: place.bucket }));
      } finally {
        await link.close();
      }
    },
    failureOf,
  },
  process.argv.slice(2),
);
