"""Runs a command on a pseudo terminal: terminal.py COLUMNS ANSWERS COMMAND...

ANSWERS is a JSON list of [question, answer]: each is typed when its question stands there. Prints what the terminal got,
and ends as the command did. An input of the command that nobody answers gets the end of the input.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios

QUIET_S = 20  # so long nothing new, with a question open that no answer is for: nobody is going to answer


def main():
    columns, answers, command = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.execvp(command[0], command)
    shown, at = b"", 0
    while True:
        ready, _, _ = select.select([master], [], [], QUIET_S)
        try:
            piece = os.read(master, 65536) if ready else b""
        except OSError:
            break
        if ready and not piece:
            break
        if not ready:
            os.write(master, b"\x04")
        shown += piece
        if answers:
            found = shown.find(answers[0][0].encode(), at)
            if found >= 0:
                at = len(shown)
                os.write(master, answers.pop(0)[1].encode() + b"\n")
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    _, status = os.waitpid(pid, 0)
    sys.exit(os.waitstatus_to_exitcode(status) if not answers else 97)


main()
