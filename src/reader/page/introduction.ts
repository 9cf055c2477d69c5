// Who an author is, as far as a page can tell: words that two people compare aloud (spec/card.md, "Fingerprint").
import { authorName } from '../../cli/report/messages.js';
import { fingerprint } from '../../identity/fingerprint.js';
import type { AuthorView } from '../../topic/reading/view.js';
import { button, element } from './dom.js';

/** Shows a dialog about the author. */
export async function introduceAuthor(author: AuthorView): Promise<void> {
  const dialog = element('dialog', { class: 'person' }, element('h2', {}, element('bdi', {}, authorName(author))));
  if (author.person === undefined) {
    dialog.append(element('p', {}, 'The introduction of this log is not here: nobody can say who writes it.'));
  } else {
    dialog.append(
      element(
        'p',
        {},
        'They chose this name themselves. “satchel whoami” on their own device says the same words, or it is somebody else:',
      ),
      element('p', { class: 'words' }, await fingerprint(author.person)),
      element('p', { class: 'id' }, author.person),
    );
  }
  const close = button('Close', {}, () => dialog.close());
  dialog.append(close);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
