# SPDX-License-Identifier: ISC
"""A case's facts turned into servers: a zone for NSD or fakedns, a folder with
main.cf, and the command-line options that stand for its answers."""
import ipaddress
import os
import re
import signal
import socket
import subprocess
import time

SOA = ". 60 IN SOA ns.test. root.test. 1 3600 900 604800 60"


def sections(path):
    """Section name -> list of lines."""
    found, name = {}, None
    with open(path, encoding="utf-8") as f:
        for line in f.read().splitlines():
            head = re.fullmatch(r"\[(\w+)\]", line)
            if head:
                name = head.group(1)
                found[name] = []
            elif name and line and not line.startswith("#"):
                found[name].append(line)
    return found


def zone(facts):
    """The [dns] section as one zone, the root's: without the NS records, which
    would make delegations of the domains."""
    return "\n".join([SOA, ". 60 IN NS ns.test.", "ns.test. 60 IN A 127.0.0.1"]
                     + [line for line in facts["dns"]
                        if not line.startswith("world")
                        and " IN NS " not in line]) + "\n"


def reverse(ip):
    return ipaddress.ip_address(ip).reverse_pointer


def everything(top):
    """A domain with all that a check looks at: SPF with 9 includes, DKIM,
    DMARC, 4 addresses in both families, the block lists, 3 name servers. Its
    zone and its addresses."""
    ips = ["203.0.113.7", "203.0.113.8", "2001:db8::7", "2001:db8::8"]
    lines = [SOA,
             "full.example. 60 IN SOA ns1.full.example. r.full.example. "
             "1 2 3 4 60",
             'full.example. 60 IN TXT "v=spf1 %s" " ip4:203.0.113.0/24 '
             'ip6:2001:db8::/64 -all"'
             % " ".join("include:s%d.full.example" % i for i in range(9)),
             's1._domainkey.full.example. 60 IN TXT "v=DKIM1; p="',
             '_dmarc.full.example. 60 IN TXT "v=DMARC1; p=none"',
             "full.example. 60 IN MX 10 mail.full.example."]
    lines += ['s%d.full.example. 60 IN TXT "v=spf1 ip4:192.0.2.%d ~all"'
              % (i, i) for i in range(9)]
    for i in range(1, 4):
        lines += ["full.example. 60 IN NS ns%d.full.example." % i,
                  "ns%d.full.example. 60 IN A 192.0.2.5%d" % (i, i)]
    for ip in ips:
        lines += ["mail.full.example. 60 IN %s %s"
                  % ("AAAA" if ":" in ip else "A", ip),
                  reverse(ip) + ". 60 IN PTR mail.full.example."]
    with open(os.path.join(top, "data/blocklists.yaml"),
              encoding="utf-8") as f:
        lists = [line.split('"')[1] for line in f if "zone: " in line]
    lines += ["2.0.0.127.%s. 60 IN A 127.0.0.2" % zone for zone in lists]
    return "\n".join(lines) + "\n", ips


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def is_free(address, port):
    """For UDP and TCP."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
            with socket.socket(family, kind) as s:
                s.bind((address, port))
    except OSError:
        return False
    return True


def free_port(*addresses):
    """A port that is free for UDP and TCP on all of them."""
    for _ in range(50):
        with socket.socket() as tcp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
        if all(is_free(a, port) for a in addresses or ("127.0.0.1",)):
            return port
    raise RuntimeError("no free port")


def options(facts, folder):
    """--postfix, --own-ip, --domain as the case's user would give them."""
    lines = [l for l in facts.get("postfix", [])
             if not l.startswith("mail_version")]
    name = next((l.split("=", 1)[1].strip() for l in facts.get("host", [])
                 if l.startswith("name")), None)
    if name and not any(l.startswith("myhostname") for l in lines):
        lines.append("myhostname = " + name)
    write(os.path.join(folder, "main.cf"), "\n".join(lines) + "\n")
    result = ["--postfix", folder]
    for line in facts.get("answers", []):
        key, value = (part.strip() for part in line.split("=", 1))
        if key in ("own-ip", "domain"):
            result += ["--" + key, value]
    for line in facts.get("host", []):
        if line.startswith("address"):
            result += ["--own-ip", line.split("=", 1)[1].split()[0]]
    return result


class Nsd:
    """A real name server on loopback addresses, with one zone."""

    def __init__(self, program, folder, text, name=".",
                 addresses=("127.0.0.1",), port=None):
        self.port = port or free_port(*addresses)
        self.address, self.zone = addresses[0], os.path.join(folder, "zone")
        write(self.zone, text)
        conf = write(os.path.join(folder, "nsd.conf"), """
server:
%s  username: ""
  zonesdir: "%s"
  database: ""
  pidfile: "%s/pid"
  xfrdfile: ""
  zonelistfile: "%s/zones"
  xfrdir: "%s"
  logfile: "%s/log"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: "%s"
  zonefile: "zone"
""" % (("".join("  ip-address: %s@%d\n" % (a, self.port)
                 for a in addresses),) + (folder,) * 5 + (name,)))
        self.process = subprocess.Popen(
            [program, "-d", "-c", conf], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        self.log = os.path.join(folder, "log")
        self.wait()

    def wait(self):
        """Until it answers: whatever it answers, it is up."""
        query = (b"\x12\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"
                 b"\x00\x00\x06\x00\x01")
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        for _ in range(100):
            if self.process.poll() is not None:
                break
            with socket.socket(family, socket.SOCK_DGRAM) as s:
                s.settimeout(0.1)
                s.sendto(query, (self.address, self.port))
                try:
                    if s.recv(512)[3] & 15 in (0, 5):
                        return
                except OSError:
                    time.sleep(0.05)
        self.stop()
        log = ""
        if os.path.exists(self.log):
            with open(self.log, encoding="utf-8", errors="replace") as f:
                log = f.read()
        raise RuntimeError("nsd did not start: " + log[-400:])

    def reload(self, text):
        """Serve another zone from now on."""
        write(self.zone, text)
        os.kill(self.process.pid, signal.SIGHUP)

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
