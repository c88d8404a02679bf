# SPDX-License-Identifier: ISC
"""Folders of the test's own in which whybounce sets up OpenDKIM, the real
opendkim on them, and as much of Postfix as a milter sees."""

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("TOP_BUILDDIR", os.path.join(HERE, "..", ".."))
PLAN = os.path.join(BUILD, "tests", "dev", "plan_driver")
APPLY = os.path.join(BUILD, "tests", "dev", "apply_driver")
SERVERS = os.path.join(os.environ.get("SERVERS", "/nowhere"), "bin")
MAIN = "myhostname = mail.example.com\nmyorigin = mail.example.com\n"
MASTER = "smtp inet n - y - - smtpd\ncleanup unix n - y - 0 cleanup\n"
ZONE = """\
[dns]
world = closed
example.com. 300 IN A 192.0.2.7
example.com. 300 IN MX 10 mail.example.com.
mail.example.com. 300 IN A 192.0.2.7
"""
MESSAGE = [("From", "taro@example.com"), ("To", "hanako@example.net"),
           ("Subject", "a letter"),
           ("Date", "Thu, 01 Jan 2026 00:00:00 +0000"),
           ("Message-ID", "<1@mail.example.com>")]
BODY = b"Dear Hanako,\r\nthis is a letter.\r\n"
SCRIPT = "#!/bin/sh\necho \"${0##*/} $*\" >>'%s/calls'\n"


def user():
    me = pwd.getpwuid(os.geteuid())
    return "%s:%s" % (me.pw_name, grp.getgrgid(me.pw_gid).gr_name)


class Server:
    """Folders for /etc and Postfix, a journal, and programs."""

    def __init__(self, conf, main=MAIN, files=(), layout="dkimkeys"):
        self.folder = tempfile.mkdtemp(prefix="dkim")
        self.etc = os.path.join(self.folder, "etc")
        self.postfix = os.path.join(self.etc, "postfix")
        self.facts = os.path.join(self.folder, "facts")
        os.makedirs(self.postfix)
        os.mkdir(os.path.join(self.etc, layout))
        self.write("opendkim.conf", conf % {"user": user(), "etc": self.etc})
        self.write("postfix/main.cf", main)
        self.write("postfix/master.cf", MASTER)
        for name, text in files:
            os.makedirs(os.path.dirname(os.path.join(self.etc, name)),
                        exist_ok=True)
            self.write(name, text if isinstance(text, bytes) else
                       text % {"etc": self.etc})
        programs = os.path.join(self.folder, "bin")
        os.mkdir(programs)
        for name in ("postfix", "systemctl"):
            path = os.path.join(programs, name)
            with open(path, "w", encoding="ascii") as f:
                f.write(SCRIPT % self.folder)
            os.chmod(path, 0o755)
        for name in ("postconf", "opendkim"):
            os.symlink(os.path.join(SERVERS, name),
                       os.path.join(programs, name))
        self.path = programs + ":/usr/bin:/bin"
        self.zone("")

    def write(self, name, text):
        if isinstance(text, str):
            text = text.encode("ascii")
        with open(os.path.join(self.etc, name), "wb") as f:
            f.write(text)

    def read(self, name):
        with open(os.path.join(self.etc, name), encoding="ascii") as f:
            return f.read()

    def zone(self, lines, answers=""):
        with open(self.facts, "w", encoding="ascii") as f:
            f.write(answers + ZONE + lines)

    def environment(self):
        return dict(os.environ, PATH=self.path, LC_ALL="C")

    def plan(self, verb, step, domain="example.com"):
        run = subprocess.run(
            [PLAN, verb, step, self.etc, self.postfix,
             os.path.join(self.folder, "journal"), self.facts, domain],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=self.environment(), timeout=60, check=False)
        return run.returncode, run.stdout

    def undo(self):
        run = subprocess.run(
            [APPLY, "undo", os.path.join(self.folder, "journal"),
             self.postfix], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=self.environment(), timeout=60, check=False)
        return run.returncode, run.stdout

    def accepted(self):
        """Does the real opendkim take the settings?"""
        run = subprocess.run(
            [os.path.join(SERVERS, "opendkim"), "-n", "-x",
             os.path.join(self.etc, "opendkim.conf")], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        return (run.returncode, run.stdout)

    def tree(self):
        found = {}
        for path, folders, files in os.walk(self.etc):
            for name in folders + files:
                full = os.path.join(path, name)
                mode = os.stat(full).st_mode & 0o7777
                text = None
                if name in files:
                    with open(full, "rb") as f:
                        text = f.read()
                found[os.path.relpath(full, self.etc)] = (mode, text)
        return found

    def options(self):
        """opendkim.conf as opendkim has it: the last one counts."""
        return dict(re.findall(r"^(\w+)[ \t]+(.*)$",
                               self.read("opendkim.conf"), re.M))

    def end(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Refusal(OSError):
    """What became of the message instead of a signature."""

    def __init__(self, kind, data):
        super().__init__("the milter answered %r" % kind)
        self.word = "accepted" if kind == b"a" else \
            "put off" if kind == b"t" or data[:1] == b"4" else "refused"


class Milter:
    """As much of Postfix as a milter sees of one message."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.send(b"O", struct.pack("!III", 6, 0x1ff, 0))
        self.answer(b"O")

    def send(self, command, data=b""):
        self.socket.sendall(struct.pack("!I", len(data) + 1) + command + data)

    def take(self, n):
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            if not more:
                raise OSError("the milter hung up")
            data += more
        return data

    def reply(self):
        size = struct.unpack("!I", self.take(4))[0]
        data = self.take(size)
        return data[:1], data[1:]

    def answer(self, wanted=b"c"):
        kind, data = self.reply()
        if kind != wanted:
            raise Refusal(kind, data)

    def signature(self):
        """Pass MESSAGE; the header field that is added, or None."""
        def ask(command, data):
            self.send(command, data)
            self.answer()
        ask(b"C", b"localhost\x004" + struct.pack("!H", 2525) +
            b"127.0.0.1\0")
        ask(b"H", b"mail.example.com\0")
        self.send(b"D", b"Mi\0004F2\0")
        ask(b"M", b"<taro@example.com>\0")
        ask(b"R", b"<hanako@example.net>\0")
        for name, value in MESSAGE:
            ask(b"L", ("%s\0%s\0" % (name, value)).encode())
        ask(b"N", b"")
        ask(b"B", BODY)
        self.send(b"E", b"")
        found = None
        while True:
            kind, data = self.reply()
            if kind in b"ih":
                data = data[4:] if kind == b"i" else data
                name, value = data.split(b"\0")[:2]
                if name == b"DKIM-Signature":
                    found = (name + b": " + value.lstrip()).decode()
            elif kind in b"ca":
                return found
            elif kind in b"rty":
                raise Refusal(kind, data)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Log:
    """What is sent to /dev/log of this mount namespace."""

    def __init__(self):
        self.lines = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            self.lines.append(self.socket.recv(65536).decode("latin-1"))


class Daemon:
    """The real opendkim with SERVER's settings."""

    def __init__(self, server, port):
        self.port = port
        self.process = subprocess.Popen(
            [os.path.join(SERVERS, "opendkim"), "-f", "-x",
             os.path.join(server.etc, "opendkim.conf"), "-P",
             os.path.join(server.folder, "pid")], start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def signature(self):
        """The field that it adds, None: it adds none; OSError otherwise."""
        for _ in range(200):
            if self.process.poll() is not None:
                raise OSError("no start")
            try:
                return Milter(self.port).signature()
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise OSError("nobody listens")

    def end(self):
        """What it has said on its terminal."""
        if self.process.poll() is None:
            # asked politely, libmilter takes five seconds
            os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.communicate(timeout=30)[0].decode()
