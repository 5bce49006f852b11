"""How long the wizard takes from a key to the end of the frame that it causes, on a terminal of 120 columns."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

# A frame has ended when nothing more came for so long, in seconds.
QUIET = 0.08
LIMIT = 30.0

# The keys that lead to a place, then the keys that are pressed there in turn.
DOWN, UP, ENTER, VIEW, PAGE_DOWN, PAGE_UP = b"\x1b[B", b"\x1b[A", b"\r", b"\x16", b"\x1b[6~", b"\x1b[5~"
PLACES = [
    ("a site chosen among 5,000", [ENTER, ENTER], [UP, DOWN]),
    ("a character of the public path", [ENTER], [b"x", b"\x7f"]),
    ("the same, the whole file shown", [VIEW], [b"x", b"\x7f"]),
    ("the whole file scrolled", [], [PAGE_DOWN, PAGE_UP]),
]


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, command):
        self.side, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.child = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True)
        os.close(other)

    def reply(self, keys: bytes = b"") -> float:
        """Sends keys; the seconds until the last byte of the reply."""
        start = time.perf_counter()
        if keys:
            os.write(self.side, keys)
        last, limit = None, LIMIT
        while select.select([self.side], [], [], limit)[0]:
            os.read(self.side, 1 << 16)
            last, limit = time.perf_counter(), QUIET
        if last is None:
            raise TimeoutError(f"no reply to {keys!r} in {LIMIT} seconds")
        return last - start

    def close(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait(LIMIT)
        os.close(self.side)


def frames(program, root, answers, count):
    """For every place its name and the seconds of so many keys."""
    terminal = Terminal([str(program), "--root", str(root), "--answers", str(answers)])
    try:
        yield "from start to first frame", [terminal.reply()]
        for name, way, keys in PLACES:
            for key in way:
                terminal.reply(key)
            yield name, [terminal.reply(keys[at % len(keys)]) for at in range(count)]
    finally:
        terminal.close()
