/** The first word of a command line on which a shell asks; the name of the program follows, and what was typed behind it. */
export const ASKING_WORD = '--get-yargs-completions';
