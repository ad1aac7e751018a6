"""typist.py [EXPECTED TYPED]... -- COMMAND...

Runs the command at a terminal of its own (a new session, so that /dev/tty is there), and
types each text once the one before it stands on the screen; TYPED may have \\n, \\x03 and
the like. The screen goes to standard output. Standard error gets one word for each text
that is typed, whether the terminal would show it ("shown") or not ("hidden"), and one for
how it was left. Exits as the command does; 128 + N after signal N; 124 when a text does not
appear within ten minutes.
"""

import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time


def shows(terminal):
    return "shown" if termios.tcgetattr(terminal)[3] & termios.ECHO else "hidden"


def login(line):
    os.setsid()
    fcntl.ioctl(line, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(line, fd)
    os.close(line)


def main():
    at = sys.argv.index("--")
    told, command = sys.argv[1:at], sys.argv[at + 1 :]
    steps = list(zip(told[::2], told[1::2]))
    # Kept open here, so that the settings can be read after the command has ended.
    terminal, line = pty.openpty()
    child = os.fork()
    if child == 0:
        os.close(terminal)
        login(line)
        # Whoever started the tests in the background may have had these ignored.
        for n in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(n, signal.SIG_DFL)
        os.execvp(command[0], command)
    screen, seen, words = b"", 0, []
    until, status = time.monotonic() + 600, None
    while status is None:
        ended, how = os.waitpid(child, os.WNOHANG)
        if ended:
            status = how
        while select.select([terminal], [], [], 0.02)[0]:
            screen += os.read(terminal, 4096)
        if steps and screen.find(steps[0][0].encode(), seen) >= 0:
            seen = screen.find(steps[0][0].encode(), seen) + len(steps[0][0])
            words.append(shows(line))
            os.write(terminal, steps.pop(0)[1].encode().decode("unicode_escape").encode())
        elif status is None and time.monotonic() > until:
            os.kill(child, 9)
            os.waitpid(child, 0)
            status = 124 << 8
    words.append(shows(line))
    sys.stdout.buffer.write(screen.replace(b"\r", b""))
    print(" ".join(words), file=sys.stderr)
    return status >> 8 if status & 127 == 0 else 128 + (status & 127)


sys.exit(main())
