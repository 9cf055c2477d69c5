# Types at a shell in a pseudo terminal. Standard input is a list of steps, JSON: each types something once something is seen on
# the screen behind what was seen before. The screen is standard output; a step that waits for a minute fails.
import json, os, pty, select, sys, time

steps = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.environ["PS1"] = "$ "
    os.execvp("/bin/sh", ["/bin/sh", "-i"])
screen = ""
seen = 0


def read(seconds):
    global screen
    if not select.select([terminal], [], [], seconds)[0]:
        return False
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        piece = b""
    screen += piece.decode("utf8", "replace")
    return piece != b""


def type_keys(keys):
    # a terminal takes no more than it has room for, and echoes meanwhile
    rest = keys.encode()
    while rest:
        readable, writable, _ = select.select([terminal], [terminal], [], 60)
        if readable:
            read(0)
        if writable:
            rest = rest[os.write(terminal, rest[:1024]):]


for step in steps:
    deadline = time.monotonic() + 60
    while screen.find(step["seen"], seen) < 0:
        if time.monotonic() > deadline or not read(1) and os.waitpid(pid, os.WNOHANG)[0]:
            sys.exit(f"never saw {step['seen']!r} behind {screen[seen:]!r}")
    seen = screen.find(step["seen"], seen) + len(step["seen"])
    type_keys(step["type"])
type_keys("exit\r")
while read(60):
    pass
os.waitpid(pid, 0)
sys.stdout.write(screen)
