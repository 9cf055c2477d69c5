// npm run pictures: the pictures of the reader's page in docs/, anew. They are to be looked at before they are committed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Person, person } from './scene.js';
import { openBrowser } from './webdriver.js';

const SCHEMES = { light: '', dark: '-dark' } as const;
const SIZES = { '': [1000, 640], '-narrow': [400, 720] } as const;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-pictures-'));
const browser = await openBrowser(scratch);
try {
  const files = conversation();
  for (const [narrow, [width, height]] of Object.entries(SIZES)) {
    await browser.resize(width, height);
    await browser.open(path.resolve('dist/reader.html'));
    await browser.choose('files', files);
    await browser.until(
      `const isIdle = document.getElementById('status').textContent === '';
       return isIdle && document.querySelectorAll('#given li').length === arguments[0]`,
      files.length,
    );
    await browser.run(
      "[...document.querySelectorAll('.topic')].find((each) => /garden/.test(each.textContent)).click()",
    );
    for (const scheme of ['light', 'dark'] as const) {
      await browser.scheme(scheme);
      const name = narrow === '' ? `-${scheme}` : `${narrow}${SCHEMES[scheme]}`;
      fs.writeFileSync(`docs/reader${name}.png`, await browser.picture());
    }
  }
} finally {
  await browser.close();
  fs.rmSync(scratch, { recursive: true, force: true });
}

/** Bundles of three people about a garden, one of them missing. */
function conversation(): string[] {
  const ana = person('Ana', scratch);
  const ben = person('Ben', scratch);
  const cleo = person('Cleo', scratch);
  for (const each of [ana, ben, cleo]) each.satchel(['topic', 'join', 'garden']);
  const post = (who: Person, ...words: string[]): string => {
    const told = who.satchel(['post', '--json', '-t', 'garden', ...words]);
    return (JSON.parse(told) as { readonly id: string }).id;
  };
  const bring = (from: Person, ...to: Person[]): string => {
    const file = path.join(scratch, `${path.basename(from.directory)}-${fs.readdirSync(scratch).length}.satchel`);
    from.satchel(['export', '-q', '--open', '-o', file]);
    for (const each of to) each.satchel(['import', '-q', file]);
    return file;
  };
  ben.satchel(['topic', 'join', 'tools']);
  ben.satchel(['post', '-q', '-t', 'tools', 'Who has the big spade?']);
  const beans = post(ana, 'The beans are up. Whoever is there first, please water the right bed.');
  const first = bring(ana, ben, cleo);
  const tuesday = post(ben, 'I can be there on Tuesday.');
  post(ben, '--reply', beans, 'Done: both beds, and the tomatoes too.');
  const second = bring(ben, ana, cleo);
  fs.writeFileSync(path.join(scratch, 'fence.txt'), '|=|=|=|=\n'.repeat(900));
  post(cleo, '--attach', path.join(scratch, 'fence.txt'), 'Here is how the fence could look.');
  post(cleo, 'مرحبا، سأحضر البذور غدا صباحا');
  cleo.satchel(['react', '-q', tuesday, '✓']);
  const third = bring(cleo, ana, ben);
  ana.satchel(['edit', '-q', beans, 'The beans are up. Whoever is there first, please water the left bed.']);
  ana.satchel(['react', '-q', tuesday, '✓']);
  post(ana, 'She wrote <b>"half"</b> of it, and \u202e is shown as what it is.');
  return [first, second, third, bring(ana)];
}
