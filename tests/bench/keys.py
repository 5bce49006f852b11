"""How long the wizard takes from a key to the end of the frame that it causes, and how many bytes the frame has."""

import fcntl
import os
import pty
import select
import shutil
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
    ("the whole file scrolled", [], [PAGE_UP, PAGE_DOWN]),
]

# One question as the wizard asks it and as a script would, the keys typed into it, and the key that leaves.
QUESTION = "Under which path will people find Guacamole?"
TYPED = [b"x", b"y", b"\x7f", b"z", b"\x7f", b"\x7f"]
REFUSED = [b"$", b"\x7f"]


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, command, rows=40, columns=120):
        self.side, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.started = time.perf_counter()
        self.child = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True)
        os.close(other)

    def reply(self, keys: bytes = b"", quiet=QUIET) -> tuple[float, int]:
        """Sends keys, or none to wait for what the start brings; the seconds until the last byte, and the bytes."""
        start = time.perf_counter() if keys else self.started
        if keys:
            os.write(self.side, keys)
        last, limit, count = None, LIMIT, 0
        while select.select([self.side], [], [], limit)[0]:
            count += len(os.read(self.side, 1 << 16))
            last, limit = time.perf_counter(), quiet
        if last is None:
            raise TimeoutError(f"no reply to {keys!r} in {LIMIT} seconds")
        return last - start, count

    def close(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait(LIMIT)
        os.close(self.side)


def frames(program, root, answers, count):
    """For every place its name and the seconds of so many keys."""
    terminal = Terminal([str(program), "--root", str(root), "--answers", str(answers)])
    try:
        yield "from start to first frame", [terminal.reply()[0]]
        for name, way, keys in PLACES:
            for key in way:
                terminal.reply(key)
            yield name, [terminal.reply(keys[at % len(keys)])[0] for at in range(count)]
    finally:
        terminal.close()


def laid_out(program, root):
    """Makes the demo machine."""
    terminal = Terminal([str(program), "demo", str(root)])
    try:
        terminal.reply()
    finally:
        terminal.close()


def first_frame(command) -> float:
    """The seconds until the first frame is whole, which is one write."""
    terminal = Terminal(command, 24, 80)
    try:
        return terminal.reply(quiet=0.002)[0]
    finally:
        terminal.close()


def typed(command, way, keys, rounds):
    """The seconds and bytes of every key, at a question on 80 columns and 24 rows."""
    terminal = Terminal(command, 24, 80)
    try:
        terminal.reply()
        for key in way:
            terminal.reply(key)
        return [terminal.reply(key) for _ in range(rounds) for key in keys]
    finally:
        terminal.close()


def beside(program, root, rounds):
    """Lines that tell of the wizard beside whiptail, asking the same question."""
    wizard = [str(program), "--root", str(root)]
    dialogue = ["whiptail", "--inputbox", QUESTION, "10", "70", "/guacamole/"]
    for name, command, way, keys in [
        ("wizard", wizard, [ENTER] * 3, TYPED),
        ("wizard, a character refused", wizard, [ENTER] * 3, REFUSED),
        ("whiptail", dialogue, [], TYPED),
    ]:
        if not shutil.which(command[0]):
            yield f"{name}: not installed"
            continue
        first = sorted(first_frame(command) for _ in range(rounds * 4))
        replies = typed(command, way, keys, rounds)
        seconds, sizes = (sorted(reply[at] for reply in replies) for at in (0, 1))
        yield (
            f"{name:<28} first frame {first[len(first) // 2] * 1000:5.1f} ms; a key: median {sizes[len(sizes) // 2]:4} bytes, "
            f"{seconds[len(seconds) // 2] * 1000:4.1f} ms, at most {sizes[-1]:4} bytes, {seconds[-1] * 1000:4.1f} ms"
        )
