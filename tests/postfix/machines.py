# SPDX-License-Identifier: ISC
"""Machines of the test's own: namespaces joined by virtual cables, each with a
file system laid over this machine's, so that nothing of this machine is
changed and all of it is gone when the test ends. Needs root, or a user who
may make namespaces with several users in them."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile

WITHIN = "WHYBOUNCE_TEST_MACHINES"
TOOLS = ("unshare", "nsenter", "mount", "chroot", "setpriv", "ip")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# the router's, on every cable
GATEWAY, GATEWAY6 = "169.254.1.1", "fd00::1"
IPV6 = "/proc/sys/net/ipv6/conf/all/forwarding"
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
# What the machine below has in these folders is none of the test's business.
EMPTY = ("etc/postfix", "var/spool/postfix", "var/log", "var/mail", "var/lib")
PR_GET_NO_NEW_PRIVS = 39
PASSWD = """\
root:x:0:0::/root:/bin/sh
daemon:x:1:1::/:/usr/sbin/nologin
nobody:x:65534:65534::/:/usr/sbin/nologin
postfix:x:901:901::/var/spool/postfix:/usr/sbin/nologin
opendkim:x:911:911::/run/opendkim:/usr/sbin/nologin
opendmarc:x:912:912::/run/opendmarc:/usr/sbin/nologin
policyd-spf:x:913:913::/:/usr/sbin/nologin
nginx:x:993:993::/:/usr/sbin/nologin
www:x:994:994::/:/usr/sbin/nologin
taro:x:1001:1001::/:/bin/sh
recipient:x:1002:1001::/:/bin/sh
hoge:x:1003:1001::/:/bin/sh
customer:x:1004:1001::/:/bin/sh
contest-admin:x:1005:1001::/:/bin/sh
"""
GROUP = """\
root:x:0:
daemon:x:1:
nogroup:x:65534:
postfix:x:901:
postdrop:x:902:
opendkim:x:911:
opendmarc:x:912:
policyd-spf:x:913:
nginx:x:993:
www:x:994:
taro:x:1001:
contest-admin:x:1005:
"""
POSTFIX, POSTDROP, OPENDKIM = 901, 902, 911
FILES = {
    "etc/passwd": PASSWD,
    "etc/group": GROUP,
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n"
                         "services: files\n",
    "etc/services": "smtp 25/tcp mail\ndomain 53/tcp\ndomain 53/udp\n"
                    "submission 587/tcp\nsubmissions 465/tcp\n",
    "etc/ld.so.preload": "",
}


class Impossible(Exception):
    """This system does not let the test have its machines."""


def run(*argv, text=None):
    done = subprocess.run(argv, input=text, text=True, capture_output=True,
                          check=False)
    if done.returncode != 0:
        raise Impossible("%s: %s" % (argv[0],
                                     " ".join(done.stderr.split())[:200]))


def mount(*words):
    run("mount", *words)


def obstacle(command):
    """Why COMMAND, which makes namespaces, cannot work here; or None."""
    for tool in TOOLS:
        if shutil.which(tool, path=PATH) is None:
            return tool + " is missing"
    if ctypes.CDLL(None).prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0:
        return "programs may not change their group here (no_new_privs)"
    try:
        run(*command, "true")
    except Impossible as reason:
        return "no namespaces: %s" % reason
    return None


def within(script, seconds):
    """Run SCRIPT again in namespaces, for at most SECONDS, and end with its
    status; there, return None. Why that cannot be, otherwise."""
    if WITHIN in os.environ:
        return None
    os.environ["PATH"] = PATH
    command = ["unshare", "--mount", "--net", "--uts", "--ipc", "--pid",
               "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        command += ["--user", "--map-root-user", "--map-auto"]
    reason = obstacle(command)
    if reason is None:
        # the shell is there to bury daemons that have lost their parents
        sys.exit(guarded([*command, "sh", "-c", '"$@"; exit $?', "sh",
                          sys.executable, script], seconds))
    return reason


def guarded(command, seconds):
    """All processes within are ended by the end of the first one, and what
    they mounted is gone with them."""
    folder = tempfile.mkdtemp(prefix="whybounce-machines-")
    child = subprocess.Popen(command, env=dict(os.environ, **{WITHIN: folder}))
    signal.signal(signal.SIGTERM, lambda *_: child.kill())
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        print("Bail out! still running after %d seconds" % seconds)
        return 1
    finally:
        child.kill()
        child.wait()
        os.rmdir(folder)


class Internet:
    """A router, to which every machine has a cable, with the resolver's
    address on it."""

    RESOLVER = "198.51.100.53"

    def __init__(self, servers, visible):
        self.visible = [os.path.abspath(path) for path in visible]
        self.machines = []
        self.base = os.environ[WITHIN]
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", self.base)
        self.shared = os.path.join(self.base, "shared")
        os.mkdir(self.shared)
        self.servers = os.path.join(self.base, "servers")
        self.packaged = os.path.abspath(servers)
        unpacked(servers, self.servers)
        self.ip("link set lo up",
                "addr add %s/32 dev lo" % self.RESOLVER)
        for switch in "/proc/sys/net/ipv4/ip_forward", IPV6:
            if os.path.exists(switch):
                with open(switch, "w", encoding="ascii") as file:
                    file.write("1")

    @staticmethod
    def ip(*lines, process=None):
        """Set up the network here, or in the namespace of a process."""
        command = ["ip", "-batch", "-"]
        if process is not None:
            command = ["nsenter", "-t", str(process), "--net", *command]
        run(*command, text="\n".join(lines))

    def end(self):
        """All of them side by side: some servers take seconds to stop."""
        for machine in self.machines:
            machine.stop()
        for machine in self.machines:
            machine.end()


def unpacked(servers, folder):
    """The folders of $SERVERS where the system has them, with the rights that
    the package gives them when it is installed."""
    for source, place in (("usr", "usr"), ("lib", "usr/lib"),
                          ("etc/postfix", "usr/lib/postfix/conf")):
        source = os.path.join(servers, source)
        if os.path.isdir(source):
            shutil.copytree(source, os.path.join(folder, place),
                            symlinks=True, dirs_exist_ok=True)
    for program in "postdrop", "postqueue":
        path = os.path.join(folder, "usr/sbin", program)
        os.chown(path, 0, POSTDROP)
        os.chmod(path, 0o2755)


class Machine:
    """A computer on the Internet, with a name and some addresses."""

    def __init__(self, internet, name, *addresses):
        self.internet, self.name = internet, name
        internet.machines.append(self)
        number = len(internet.machines)
        folder = os.path.join(internet.base, "m%d" % number)
        self.upper = os.path.join(folder, "upper")
        self.root = os.path.join(folder, "root")
        for path in self.upper, self.root, os.path.join(folder, "work"):
            os.makedirs(path)
        self.fill()
        mount("-t", "overlay", "overlay", "-o",
              "lowerdir=%s:/,upperdir=%s,workdir=%s/work"
              % (internet.servers, self.upper, folder), self.root)
        self.lay_mounts()
        self.holder = subprocess.Popen(
            ["unshare", "--net", "--uts", "chroot", self.root, "sh", "-c",
             'echo "$1" >/proc/sys/kernel/hostname; echo ready; exec cat',
             "sh", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.plug_in(number, addresses)

    def fill(self):
        for name, text in FILES.items():
            self.write(name, text)
        self.write("etc/resolv.conf",
                   "nameserver %s\n" % self.internet.RESOLVER)
        self.write("etc/hostname", self.name + "\n")

    def lay_mounts(self):
        for name in EMPTY:
            path = os.path.join(self.root, name)
            os.makedirs(path, exist_ok=True)
            mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", path)
        device = os.path.join(self.root, "dev")
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", device)
        for name in DEVICES:
            with open(os.path.join(device, name), "wb"):
                pass
            mount("--bind", "/dev/" + name, os.path.join(device, name))
        os.symlink("/proc/self/fd", os.path.join(device, "fd"))
        mount("--bind", "/proc", os.path.join(self.root, "proc"))
        for path in (*self.internet.visible, self.internet.shared):
            inside = self.root + path
            os.makedirs(inside, exist_ok=True)
            mount("--bind", path, inside)

    def plug_in(self, number, addresses):
        cable, pid = "wire%d" % number, self.holder.pid
        self.internet.ip(
            "link add %s type veth peer name eth0 netns %d" % (cable, pid),
            "link set %s up" % cable)
        self.internet.ip("link set lo up", "link set eth0 up", process=pid)
        for gateway, length in (GATEWAY, 32), (GATEWAY6, 128):
            mine = [a for a in addresses if (":" in a) == (":" in gateway)]
            if not mine:
                continue
            # nobody else has these addresses: they are good at once
            now = " nodad" if length == 128 else ""
            self.internet.ip(
                "addr add %s/%d dev %s%s" % (gateway, length, cable, now),
                *("route add %s/%d dev %s" % (a, length, cable)
                  for a in mine))
            self.internet.ip(
                *("addr add %s/%d dev eth0%s" % (a, length, now)
                  for a in mine),
                "route add default via %s dev eth0 onlink src %s"
                % (gateway, mine[0]), process=pid)

    def command(self, *argv, user=None):
        """What has to be run to run ARGV on this machine."""
        if user is not None:
            argv = ("setpriv", "--reuid", user, "--regid", user,
                    "--clear-groups", *argv)
        return ["nsenter", "-t", str(self.holder.pid), "--net", "--uts",
                "--root", "--wd=/", *argv]

    def environment(self, more=None):
        env = {key: value for key, value in os.environ.items()
               if key.startswith(("ASAN_", "LSAN_", "UBSAN_"))}
        env.update(PATH=PATH, LC_ALL="C.UTF-8", HOME="/root", **(more or {}))
        return env

    def run(self, *argv, user=None, text=None, status=0):
        """Run to its end; STATUS: what it must end with, None: anything."""
        done = subprocess.run(
            self.command(*argv, user=user), input=text, text=True,
            capture_output=True, timeout=30, check=False,
            stdin=subprocess.DEVNULL if text is None else None,
            env=self.environment())
        if status is not None and done.returncode != status:
            raise RuntimeError("%s: %s ended with %d: %s" % (
                self.name, argv[0], done.returncode,
                (done.stderr or done.stdout)[-600:]))
        return done

    def start(self, *argv):
        return subprocess.Popen(
            self.command(*argv), env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def path(self, name):
        """Of a file of this machine, as seen from outside."""
        where = self.root if os.path.ismount(self.root) else self.upper
        return os.path.join(where, name.lstrip("/"))

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def read(self, name):
        """Its octets; b"" when it is not there."""
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def stop(self):
        """Have the servers on it stop; end() waits for them."""

    def end(self):
        self.holder.stdin.close()
        self.holder.wait(5)
