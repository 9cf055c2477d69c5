// What explains a drive's folder to whoever finds the medium (spec/drive.md, "Marker").

/** Name of the file. */
export const EXPLANATION = 'README.txt';

/** What it says. */
export const README = `This folder belongs to satchel, a program that carries conversations between
computers on media like this one.

*.satchel are bundles of signed messages; people/ holds the cards of the people
they are for. Nothing here runs by itself. If you found this medium, the kindest
thing is to give it back.
`;
