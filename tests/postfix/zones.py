# SPDX-License-Identifier: ISC
"""The names of the cases, served by a real NSD, and what a plan changes in
them."""

import os
import socket
import struct
import time

import world

PATIENCE = 10           # seconds
DNS_A = 1


def record_text(kind, value):
    if kind != "TXT":
        return value
    value = value.replace("\\", "\\\\").replace('"', '\\"')
    return " ".join('"%s"' % value[i:i + 200]
                    for i in range(0, len(value), 200))


class Zone:
    """One zone, the root's, on the resolver's address of the Internet."""

    def __init__(self, internet, program, lines, cases):
        for case in cases:
            lines = lines + world.zone(world.sections(case)).splitlines()
        self.lines = list(dict.fromkeys(lines))     # each once
        self.changed, self.version = {}, 0
        folder = os.path.join(internet.base, "nsd")
        os.mkdir(folder)
        self.address = internet.RESOLVER
        self.nsd = world.Nsd(program, folder, self.text(),
                             addresses=(self.address,), port=53)

    def text(self):
        """The zone with its changes, and a name that tells this version."""
        kept = [line for line in self.lines
                if self.key_of(line) not in self.changed]
        for (name, kind), values in self.changed.items():
            kept += ["%s 60 IN %s %s" % (name, kind, record_text(kind, value))
                     for value in values]
        kept.append("v%d.test. 60 IN A 127.0.0.1" % self.version)
        return "\n".join(kept) + "\n"

    @staticmethod
    def key_of(line):
        words = line.split()
        return (words[0].lower(), words[3]) if len(words) > 3 else None

    def change(self, name, kind, values):
        """Give NAME these values, and wait until they are served."""
        self.changed[name.rstrip(".").lower() + ".", kind] = values
        self.publish()

    def carry_out(self, plan):
        """All records of a plan's JSON, but those of an alternative step. How
        many there were."""
        n = 0
        for step in plan:
            for change in step["changes"]:
                if change["kind"] == "dns" and not step["alternative_to"]:
                    self.changed[change["name"].rstrip(".").lower() + ".",
                                 change["type"]] = change["new"]
                    n += 1
        self.publish()
        return n

    def take_back(self):
        self.changed = {}
        self.publish()

    def publish(self):
        self.version += 1
        self.nsd.reload(self.text())
        end = time.monotonic() + PATIENCE
        while not self.is_served():
            if time.monotonic() > end:
                raise RuntimeError("nsd does not serve the new zone")
            time.sleep(0.02)

    def is_served(self):
        name = b"v%d" % self.version
        query = (struct.pack("!6H", self.version, 0, 1, 0, 0, 0) +
                 bytes([len(name)]) + name + b"\4test\0" +
                 struct.pack("!2H", DNS_A, 1))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.2)
            s.sendto(query, (self.address, 53))
            try:
                reply = s.recv(512)
            except OSError:
                return False
        return struct.unpack("!H", reply[6:8])[0] == 1

    def end(self):
        self.nsd.stop()
