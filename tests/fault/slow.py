"""slow.py PORT COUNT: so many connections to loopback that never get to the end of a request.

A half of them stays within the header, the other half within the body; each sends a byte now
and then. Says "ready" when all are there, then goes on until standard input ends, and says how
many are left.
"""
import resource
import select
import socket
import sys

HEAD = b"POST /update-info HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"


def connect(port, body):
    s = socket.create_connection(("127.0.0.1", port), 30)
    s.sendall(HEAD + (b"\r\n{" if body else b"X-Slow: "))
    s.setblocking(False)
    return s


def lives(s):
    try:
        s.send(b"a")
        return True
    except BlockingIOError:
        return True
    except OSError:
        return False


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    slow = [connect(port, i % 2) for i in range(count)]
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 1)[0]:
        slow = [s for s in slow if lives(s)]
    print(len(slow), flush=True)


main()
