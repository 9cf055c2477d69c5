/** The first word of the command line of a second thread; anywhere else it is no word that satchel knows. */
export const THREAD_WORD = '--thread';
/** The first word of a command line on which a shell asks; the name of the program follows, and what was typed behind it. */
export const ASKING_WORD = '--get-yargs-completions';
