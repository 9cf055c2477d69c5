// What people type in the situations that everybody is in first, and what they answer.

/** One thing that happens: a command at somebody's computer, or something said between. */
export type Step =
  | { readonly who: string; readonly types: string; readonly answers?: readonly (readonly [string, string])[] }
  | { readonly says: string };

/** A story, under the name of its file. */
export interface Story {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly Step[];
}

const ACCEPT = 'Accept';
const yes = (...questions: string[]) => questions.map((question) => [question, 'y'] as const);

/** From nothing to an answer that was read. */
const FIRST_CONTACT: readonly Step[] = [
  { says: 'Ana visits the stick: what is missing is made on the way, and her card is on it then.' },
  {
    who: 'ana',
    types: 'satchel sync stick',
    answers: [
      ['others will see it', 'Ana'],
      ['Make it one?', 'y'],
    ],
  },
  { says: 'The stick goes to Ben, who writes first.' },
  { who: 'ben', types: 'satchel init -q --name Ben' },
  { who: 'ben', types: 'satchel post -t garden "Is the bean row up yet?"', answers: yes('[y/N]') },
  { who: 'ben', types: 'satchel sync stick', answers: yes(ACCEPT) },
  { says: 'Back to Ana, who answers.' },
  { who: 'ana', types: 'satchel sync stick', answers: yes(ACCEPT, 'Join it') },
  { who: 'ana', types: 'satchel post "It is, and the peas too"' },
  { who: 'ana', types: 'satchel sync stick' },
  { says: 'And to Ben.' },
  { who: 'ben', types: 'satchel sync stick' },
];

/** All of them, one after the other on the same computers. */
export const STORIES: readonly Story[] = [
  { name: 'first-contact', title: 'First contact: two people and a stick', steps: FIRST_CONTACT },
  {
    name: 'ordinary-day',
    title: 'An ordinary day: what is new, an answer',
    steps: [
      { who: 'ben', types: 'satchel' },
      { who: 'ben', types: 'satchel post "Shall I bring the net at six?"' },
      { who: 'ben', types: 'satchel sync stick' },
      { who: 'ana', types: 'satchel sync stick' },
      { who: 'ana', types: 'satchel post "Yes, and the ladder"' },
      { who: 'ana', types: 'satchel read -n 2 --no-pager' },
      { who: 'ana', types: 'satchel sync stick' },
      { who: 'ana', types: 'satchel status' },
    ],
  },
  {
    name: 'a-group',
    title: 'A group with one stick: Eve joins Ana and Ben',
    steps: [
      { who: 'eve', types: 'satchel init --name Eve' },
      { who: 'eve', types: 'satchel topic join garden', answers: yes('Begin') },
      { who: 'eve', types: 'satchel sync stick', answers: yes(ACCEPT, ACCEPT) },
      { says: 'The others accept her when the stick comes round.' },
      { who: 'ana', types: 'satchel sync stick', answers: yes(ACCEPT) },
      { who: 'ben', types: 'satchel sync stick', answers: yes(ACCEPT) },
      { who: 'eve', types: 'satchel sync stick' },
    ],
  },
  {
    name: 'a-lost-stick',
    title: 'A lost stick: what was on it goes with another one',
    steps: [
      { who: 'ben', types: 'satchel post "The ladder is in the shed"' },
      { who: 'ben', types: 'satchel sync stick' },
      { says: 'The stick is lost before Ana had it. Ben takes another one.' },
      { who: 'ben', types: 'satchel drive forget stick' },
      { who: 'ben', types: 'satchel drive init other' },
      { who: 'ben', types: 'satchel sync other' },
      { who: 'ana', types: 'satchel sync other' },
      { says: 'Ana says on the same stick that she has it; the lost one is not missed any more.' },
      { who: 'ben', types: 'satchel sync other' },
      { who: 'ben', types: 'satchel status' },
    ],
  },
];
