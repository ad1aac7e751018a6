"""wire.py [-t CA] [-n COUNT] [-h] [-c BYTES] [-s SECONDS] [-w SECONDS] [-x BYTES] PORT

Bytes to loopback, as they are. Sends standard input in one piece and says of each of COUNT
answers (1) its status and the length of its body, "100" for an interim one; then, if that comes
first, "closed", "reset" or "late". -h: these are answers to HEAD. -c: after so many bytes of the
answer the connection is reset. -s: says "sent" and holds the connection for so long, or until
its other end answers or closes it. -w: it is "late" after so many seconds (300). -x: so many
bytes of what comes, in hexadecimal digits. -t: by TLS 1.2 without a server name.
"""
import getopt
import socket
import ssl
import struct
import sys


def dial(port, ca):
    s = socket.create_connection(("127.0.0.1", port), 300)
    if ca is None:
        return s
    context = ssl.create_default_context(cafile=ca)
    context.check_hostname = False
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context.wrap_socket(s)


class Answers:
    def __init__(self, s):
        self.s = s
        self.bytes = b""

    def more(self):
        piece = self.s.recv(65536)
        self.bytes += piece
        return piece != b""

    def head(self):
        while b"\r\n\r\n" not in self.bytes:
            if not self.more():
                return None
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        return head.decode("latin-1").split("\r\n")

    def body(self, length):
        while length is None or len(self.bytes) < length:
            if not self.more():
                break
        body = self.bytes[:length]
        self.bytes = self.bytes[len(body):]
        return body

    def one(self, no_body):
        head = self.head()
        if head is None:
            return "closed"
        status = head[0].split(" ")[1]
        if status.startswith("1"):
            return status
        length = None
        for line in head[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            if name.lower() == "transfer-encoding":
                return status + " " + value.strip()
        if no_body or status in ("204", "304"):
            length = 0
        return "%s %d" % (status, len(self.body(length)))


def main():
    options, words = getopt.getopt(sys.argv[1:], "t:n:hc:s:w:x:")
    options = dict(options)
    request = sys.stdin.buffer.read()
    s = dial(int(words[0]), options.get("-t"))
    s.settimeout(float(options.get("-w", 300)))
    s.sendall(request)
    if "-s" in options:
        print("sent", flush=True)
        s.settimeout(float(options["-s"]))
        try:
            s.recv(1)
        except TimeoutError:
            pass
        return
    answers = Answers(s)
    if "-x" in options:
        while len(answers.bytes) < int(options["-x"]) and answers.more():
            pass
        print(answers.bytes[:int(options["-x"])].hex())
        return
    if "-c" in options:
        while len(answers.bytes) < int(options["-c"]) and answers.more():
            pass
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
        print(len(answers.bytes) >= int(options["-c"]))
        return
    left = int(options.get("-n", 1))
    while left > 0:
        try:
            said = answers.one("-h" in options)
        except ConnectionError:
            said = "reset"
        except TimeoutError:
            said = "late"
        print(said)
        if not said[0].isdigit():
            break
        left -= said != "100"


main()
