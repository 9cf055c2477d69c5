/** The first word of the command line of a second thread; anywhere else it is no word that satchel knows. */
export const THREAD_WORD = '--thread';
