"""guess.py PORT ROUTER SECONDS: wrong keys for one gateway, as fast as two connections can.

Prints "total N", and for each status "status STATUS COUNT".
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


def guess(port, body, end, statuses):
    s, n = None, 0
    while time.time() < end:
        n += BATCH
        try:
            if s is None:
                s = socket.create_connection(("127.0.0.1", port), 30)
            s.sendall("".join(REQUEST % (n + i, len(body), body)
                              for i in range(BATCH)).encode())
            if not answers(s, statuses):
                s = None
        except ConnectionError:
            s = None


def main():
    port, body, seconds = int(sys.argv[1]), BODY % sys.argv[2], float(sys.argv[3])
    statuses = collections.Counter()
    end = time.time() + seconds
    threads = [threading.Thread(target=guess, args=(port, body, end, statuses))
               for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print("total", sum(statuses.values()))
    for status, count in statuses.items():
        print("status", status, count)


main()
