// The values that rendering works on.
export type { AuthorView, MessageState, MessageView } from '../topic/view.js';
