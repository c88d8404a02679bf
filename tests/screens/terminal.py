# SPDX-License-Identifier: ISC
"""Driving the wizard as a person would, on two terminals: Pty, a bare
pseudo-terminal whose every octet is seen, and Tmux, a real terminal emulator
that says what stands on the screen. Both wait for the program's own mark that
it has drawn and has nothing left to do, never for a time to pass."""

import fcntl
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tap import Tap

PROGRAM = os.environ["WHYBOUNCE"]
TOP = os.environ["TOP_SRCDIR"]
PATIENCE = 30           # seconds; sanitizers and loaded machines are slow

KEYS = {"Enter": b"\r", "Esc": b"\x1b", "Up": b"\x1b[A", "Down": b"\x1b[B",
        "Right": b"\x1b[C", "Left": b"\x1b[D", "PgUp": b"\x1b[5~",
        "PgDn": b"\x1b[6~", "Home": b"\x1b[H", "End": b"\x1b[F",
        "F1": b"\x1bOP", "C-c": b"\x03", "C-z": b"\x1a", "C-l": b"\x0c",
        "C-u": b"\x15", "C-d": b"\x04", "C-o": b"\x0f", "Tab": b"\t",
        "BSpace": b"\x7f", "F2": b"\x1bOQ"}

BOUNCE = b"""\
Received: by mx.example.net (Postfix)
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender

This is the mail system at host mx.example.net.

<taro@example.com>: host mx1.example.com[192.0.2.25] said: 550-5.7.26 This mail
    is unauthenticated, which poses a security risk to the sender and
    550-5.7.26 Gmail users, and has been blocked. The sender must authenticate
    550-5.7.26 with at least one of SPF or DKIM. For this message, DKIM checks
    550-5.7.26 did not pass and SPF check for [example.net] did not pass
    550-5.7.26 with ip: [192.0.2.7]. 550 5.7.26 - gsmtp (in reply to end of
    DATA command)
"""

# A world without a network, in which the bounce above is looked at.
FACTS = """\
[host]
name = mx.example.net
address = 192.0.2.7 eth0
[postfix]
myhostname = mx.example.net
myorigin = example.net
[dns]
world = closed
example.net. 300 IN A 192.0.2.7
example.net. 300 IN MX 10 mx.example.net.
mx.example.net. 300 IN A 192.0.2.7
7.2.0.192.in-addr.arpa. 300 IN PTR mx.example.net.
"""


class Failure(Exception):
    pass


def environment(folder, more):
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(("LC_", "TMUX", "STY", "NO_COLOR", "COLUMNS",
                                  "LINES", "LANG",
                                  "XDG_STATE_HOME"))}
    env.update(LC_ALL="C.UTF-8", TERM="xterm-256color",
               WHYBOUNCE_SYNC=os.path.join(folder, "sync"), HOME=folder,
               # never this machine's: cases, the journal of changes, the log
               XDG_STATE_HOME=os.path.join((more or {}).get("HOME", folder),
                                           ".local", "state"),
               WHYBOUNCE_LOG=os.path.join(folder, "no.log"))
    # The leak checker starts a process that stops the program at its end. When
    # a test takes the terminal away just then, both would run for ever.
    env["ASAN_OPTIONS"] = ":".join(filter(None, [env.get("ASAN_OPTIONS"),
                                                 "detect_leaks=0"]))
    env.update(more or {})
    return {key: value for key, value in env.items() if value is not None}


class Terminal:
    """What both kinds share: the marks."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="whybounce-")
        self.sync_file = os.path.join(self.folder, "sync")
        open(self.sync_file, "w").close()

    def marks(self):
        with open(self.sync_file, encoding="ascii") as file:
            return file.read().splitlines()

    def mark(self):
        """The last one, as (screen, pending)."""
        found = re.match(r"idle \d+ screen=(\S+) pending=(\d+)",
                         (self.marks() or [""])[-1])
        return (found.group(1), int(found.group(2))) if found else (None, 0)

    def count(self, what):
        """How many "reads" of keys, or "sizes" asked for, the last mark is
        behind."""
        found = re.search(r" %s=(\d+)$|\b%s=(\d+) " % (what, what),
                          (self.marks() or [""])[-1])
        return int(found.group(1) or found.group(2)) if found else 0

    def screen_name(self):
        return self.mark()[0]

    def wait(self, after, condition=None):
        """Until a mark beyond the first AFTER ones holds for CONDITION."""
        end = time.time() + PATIENCE
        while time.time() < end:
            marks = self.marks()
            if len(marks) > after and (condition is None or
                                       condition(self.mark())):
                self.pump()
                return self.mark()
            if not self.alive():
                raise Failure("the program has ended\n" + self.text())
            self.pump(0.002)
        raise Failure("no mark; the last are %r\n%s" % (
            self.marks()[-3:], self.text()))

    def key(self, *keys):
        """Press keys, one after the other, each when the last is done."""
        for key in keys:
            before = self.count("reads")
            self.send(key)
            self.wait_count("reads", before)
        return self.screen_name()

    def wait_count(self, what, before):
        """Until a mark that was made after one more of WHAT than BEFORE: other
        things make marks, too."""
        self.wait(0, lambda _: self.count(what) > before)

    def settle(self):
        """Until nothing is being asked any more."""
        return self.wait(0, lambda mark: mark[0] and mark[1] == 0)

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else
                       content.encode())
        return path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Pty(Terminal):
    """A pseudo-terminal; seen holds every octet the program wrote."""

    def __init__(self, *args, columns=80, lines=24, env=None, program=None,
                 stdin=None, start=True):
        super().__init__()
        self.seen = bytearray()
        self.status = None
        self.master, self.slave = os.openpty()
        self.size(columns, lines)
        self.before = termios.tcgetattr(self.slave)
        self.born = time.monotonic()
        self.first = None       # seconds until the first octet
        environ = environment(self.folder, env)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            if stdin is not None:
                os.dup2(os.open(stdin, os.O_RDONLY), 0)
            os.closerange(3, 64)
            try:
                os.execve(program or PROGRAM, [program or PROGRAM, *args],
                          environ)
            finally:
                os._exit(127)
        os.set_blocking(self.master, False)
        if start:
            self.wait(0)

    def size(self, columns, lines):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", lines, columns, 0, 0))

    def pump(self, seconds=0.0):
        if self.master < 0:
            time.sleep(seconds)
            return
        while select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            if not data:
                return
            if self.first is None:
                self.first = time.monotonic() - self.born
            self.seen += data
            seconds = 0.0

    def send(self, data):
        data = KEYS.get(data, data)
        if isinstance(data, str):
            data = data.encode()
        while data:
            try:
                data = data[os.write(self.master, data):]
            except BlockingIOError:
                pass
            self.pump(0.001)

    def paste(self, data, bracketed=True):
        data = data.replace(b"\n", b"\r")
        before = self.count("reads")
        self.send(b"\x1b[200~" + data + b"\x1b[201~" if bracketed else data)
        self.wait_count("reads", before)

    def alive(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is None

    def end(self):
        """The exit status (negative: the signal), once it has ended."""
        limit = time.time() + PATIENCE
        while self.alive() and time.time() < limit:
            self.pump(0.01)
        self.pump(0.01)
        if self.status is None:
            raise Failure("still running\n" + self.text())
        return self.status

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def kill(self, signo):
        os.kill(self.pid, signo)

    def text(self):
        return repr(bytes(self.seen[-2000:]))

    def hang_up(self):
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def close(self):
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)
        shutil.rmtree(self.folder, ignore_errors=True)


class Tmux(Terminal):
    """A real terminal emulator."""

    number = 0

    def __init__(self, *args, columns=80, lines=24, env=None):
        super().__init__()
        Tmux.number += 1
        socket = "whybounce-test-%d-%d" % (os.getpid(), Tmux.number)
        self.command = ["tmux", "-L", socket, "-f", "/dev/null"]
        # tmux 3.3 may overlook that a program has ended: a shell tells
        self.status_file = self.file("status", "")
        shell = '"$@"; echo $? >"$0"; read -r line'
        environ = environment(self.folder, env)
        more = ["%s=%s" % (key, value) for key, value in environ.items()
                if key in ("LC_ALL", "HOME", "XDG_STATE_HOME",
                           "ASAN_OPTIONS") or
                key.startswith("WHYBOUNCE_") or
                key in (env or {})]
        outside = dict(os.environ, LC_ALL="C.UTF-8")
        outside.pop("TMUX", None)
        subprocess.run(
            self.command + ["set-option", "-g", "default-terminal",
                            "screen-256color", ";",
                            "new-session", "-d", "-s", "t",
                            "-x", str(columns), "-y", str(lines),
                            "sh", "-c", shell, self.status_file,
                            "env", *more, PROGRAM, *args],
            check=True, env=outside)
        self.wait(0)

    def tmux(self, *args):
        return subprocess.run(self.command + list(args), check=False,
                              capture_output=True, text=True).stdout

    def send(self, key):
        names = {"Esc": "Escape", "PgUp": "PageUp", "PgDn": "PageDown"}
        if key in KEYS:
            self.tmux("send-keys", "-t", "t", names.get(key, key))
        else:
            self.tmux("send-keys", "-t", "t", "-l", key)

    def paste(self, data, bracketed=True):
        path = self.file("paste", data)
        self.tmux("load-buffer", path)
        before = self.count("reads")
        self.tmux("paste-buffer", *(["-p"] if bracketed else []), "-t", "t")
        self.wait_count("reads", before)

    def lines(self):
        return [line.rstrip() for line in self.tmux(
            "capture-pane", "-p", "-t", "t").split("\n")]

    def text(self):
        return "\n".join(self.lines())

    def left_behind(self):
        """The normal screen after the end, once tmux has drawn it."""
        self.status()
        limit = time.time() + PATIENCE
        while "whybounce: " not in self.text() and time.time() < limit:
            time.sleep(0.01)
        return self.text()

    def has(self, *words):
        """Does each word stand on the screen, wherever lines were broken?"""
        flat = " ".join(self.text().split())
        return all(word in flat for word in words)

    def cursor(self):
        x, y = self.tmux("display-message", "-p", "-t", "t",
                         "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def resize(self, columns, lines):
        before = self.count("sizes")
        self.tmux("resize-window", "-t", "t", "-x", str(columns),
                  "-y", str(lines))
        self.wait_count("sizes", before)

    def pump(self, seconds=0.0):
        time.sleep(seconds)

    def ended(self):
        with open(self.status_file, encoding="ascii") as file:
            return file.read().strip()

    def alive(self):
        return not self.ended()

    def status(self):
        """The exit status as text, once it has ended."""
        limit = time.time() + PATIENCE
        while not self.ended() and time.time() < limit:
            time.sleep(0.01)
        return self.ended()

    def programs(self):
        """The process ids of what runs in the window."""
        found = []
        for shell in self.tmux("list-panes", "-a", "-F",
                               "#{pane_pid}").split():
            try:
                with open("/proc/%s/task/%s/children" % (shell, shell),
                          encoding="ascii") as file:
                    found += file.read().split()
            except OSError:
                pass
        return found

    def close(self):
        """Hang up. The program saves its case before it ends: only then may
        its home go away."""
        programs = self.programs()
        self.tmux("kill-server")
        # a wrapper around it may live on; nothing is to be saved there
        limit = time.time() + 3
        while time.time() < limit and any(os.path.exists("/proc/" + pid)
                                          for pid in programs):
            time.sleep(0.002)
        shutil.rmtree(self.folder, ignore_errors=True)
