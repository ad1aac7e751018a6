"""guess.py PORT ROUTER SECONDS LEAST: wrong keys for one gateway, as fast as two connections can,
for so many seconds and until so many were answered.

Prints "total N", "rate N" (answers in a second), and for each status "status STATUS COUNT".
"""
import collections
import re
import socket
import sys
import threading
import time

BODY = ('{"router":"%s","cupsUri":null,"tcUri":null,"cupsCredCrc":1,"tcCredCrc":1,'
        '"station":"2.0.6","model":"linux","package":"1.0","keys":[]}')
REQUEST = ("POST /update-info HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer guess-%d\r\n"
           "Content-Length: %d\r\n\r\n%s")
BATCH = 20  # requests that are under way on one connection
PATIENCE = 600  # seconds, however few were answered
HEAD = re.compile(rb"HTTP/1\.1 (\d+) .*?Content-Length: (\d+)\r\n.*?\r\n\r\n", re.S)


def answers(s, statuses):
    got, n = b"", 0
    while n < BATCH:
        head = HEAD.match(got)
        if head is not None and len(got) >= head.end() + int(head[2]):
            statuses[int(head[1])] += 1
            got = got[head.end() + int(head[2]):]
            n += 1
            continue
        piece = s.recv(65536)
        if piece == b"":
            return False
        got += piece
    return True


def guess(port, body, end, least, statuses):
    s, n = None, 0
    while time.monotonic() < end or \
            sum(list(statuses.values())) < least and time.monotonic() < end + PATIENCE:
        n += BATCH
        try:
            if s is None:
                s = socket.create_connection(("127.0.0.1", port), 30)
            s.sendall("".join(REQUEST % (n + i, len(body), body)
                              for i in range(BATCH)).encode())
            if not answers(s, statuses):
                s = None
        except (ConnectionError, socket.timeout):
            s = None


def main():
    port, body = int(sys.argv[1]), BODY % sys.argv[2]
    seconds, least = float(sys.argv[3]), int(sys.argv[4])
    statuses = collections.Counter()
    begin = time.monotonic()
    threads = [threading.Thread(target=guess, args=(port, body, begin + seconds, least, statuses))
               for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    total = sum(statuses.values())
    print("total", total)
    print("rate", round(total / (time.monotonic() - begin)))
    for status, count in statuses.items():
        print("status", status, count)


main()
