#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The next hop of a test: writes "RECIPIENT SENDER" of each message into FILE
and refuses the recipient, so that the mail bounces; what comes without a
sender it takes and forgets.

usage: smtp_sink.py PORT FILE"""

import socketserver
import sys


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 sink.example ESMTP")
        sender = ""
        for line in self.rfile:
            line = line.decode(errors="replace").rstrip("\r\n")
            verb = line[:4].upper()
            address = line[line.find("<") + 1:line.rfind(">")]
            if verb == "MAIL":
                sender = address
                self.say("250 2.1.0 ok")
            elif verb == "RCPT" and sender != "":
                with open(sys.argv[2], "a", encoding="utf-8") as file:
                    file.write("%s %s\n" % (address, sender))
                self.say("550 5.7.1 <%s>: not wanted" % address)
            elif verb == "DATA":
                self.say("354 go on")
                for text in self.rfile:
                    if text == b".\r\n":
                        break
                self.say("250 2.0.0 ok")
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("250 2.0.0 ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Session).serve_forever()
