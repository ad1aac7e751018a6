"""FastCGI as no ordinary web server speaks it: records in other pieces, with padding, of types
that nobody knows, broken off, by TCP. Prints TAP.

    fastcgi.py PROGRAM CONFIGURATION IMPATIENT SOCKET LOG

PROGRAM is tests/cgi/echo; IMPATIENT is a configuration that lets it wait for a second only,
CONFIGURATION one that lets it wait for very long. It is started anew for each group; whatever came, it must answer the
next request, and end with 0 at SIGTERM.
"""
import atexit
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT = 1, 2, 3, 4, 5, 6
GET_VALUES, VALUES, UNKNOWN = 9, 10, 11
RESPONDER, KEEP = 1, 1

program, configuration, impatient, path, log_path = sys.argv[1:6]
count = failed = 0


def is_(got, want, name):
    global count, failed
    count += 1
    good = got == want
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        print(f"#   got:    {got!r}\n#   wanted: {want!r}")
    sys.stdout.flush()


def skip(name, why):
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {why}")
    sys.stdout.flush()


# ---- what is sent ----------------------------------------------------------------------

def record(kind, data=b"", request=1, padding=0, version=1):
    return struct.pack(">BBHHBx", version, kind, request, len(data), padding) + data + \
        b"p" * padding


def begin(request=1, flags=0, role=RESPONDER):
    return record(BEGIN, struct.pack(">HB5x", role, flags), request)


def pair(name, value, long=False):
    def length(n):
        return struct.pack(">I", n | 1 << 31) if n > 127 or long else bytes([n])
    name, value = name.encode(), value.encode()
    return length(len(name)) + length(len(value)) + name + value


def variables(body=b"", long=False, **more):
    # HTTP_COOKIE is long, so that a value has a length of four bytes.
    all_ = {"REQUEST_METHOD": "POST", "REQUEST_URI": "/echo", "SCRIPT_NAME": "/echo",
            "PATH_INFO": "", "QUERY_STRING": "", "REMOTE_ADDR": "198.51.100.7",
            "CONTENT_LENGTH": str(len(body)), "HTTP_COOKIE": "c" * 300,
            "HTTP_USER_AGENT": "odd", **more}
    return b"".join(pair(n, v, long) for n, v in all_.items() if v is not None)


def pieces(kind, data, size=65535, request=1, padding=0):
    return b"".join(record(kind, data[i:i + size], request, padding)
                    for i in range(0, len(data), size)) + record(kind, b"", request)


def whole(body=b"hello", request=1, flags=0, size=65535, padding=0, **more):
    return begin(request, flags) + \
        pieces(PARAMS, variables(body, **more), size, request, padding) + \
        pieces(STDIN, body, size, request, padding)


# ---- what comes back ---------------------------------------------------------------------

def dial(where):
    family = socket.AF_UNIX if isinstance(where, str) else \
        socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM)
    s.settimeout(300)
    s.connect(where)
    return s


def exactly(s, n):
    data = b""
    while len(data) < n:
        got = s.recv(n - len(data))
        if not got:
            raise EOFError
        data += got
    return data


def next_record(s):
    version, kind, request, length, padding = struct.unpack(">BBHHBx", exactly(s, 8))
    return kind, request, exactly(s, length + padding)[:length]


def answer(s, request=1):
    """The answer's standard output, its end; what else came. None: it was cut."""
    out, other = b"", []
    try:
        while True:
            kind, of, data = next_record(s)
            if of == request and kind == STDOUT:
                out += data
            elif of == request and kind == END:
                return out.decode(), struct.unpack(">IB3x", data), other
            else:
                other.append((kind, of, data))
    except (EOFError, ConnectionError):
        return None, None, other


def said(out, name):
    """A line of the program's answer; the HTTP status for "status"."""
    if out is None:
        return "(nothing)"
    if name == "status":
        return out.split("Status: ")[1][:3]
    return next((line[len(name) + 1:] for line in out.splitlines()
                 if line.startswith(name + "=")), "(none)")


def ask(bytes_, where=path):
    with dial(where) as s:
        s.sendall(bytes_)
        return answer(s)


def lives(name, where=path):
    out, end, _ = ask(whole(), where)
    is_((said(out, "body"), end), ("hello", (0, 0)), f"{name}: the next one is answered")


# ---- the program ---------------------------------------------------------------------------

def start(listening, **environment):
    process = subprocess.Popen(
        [program], stdin=listening, stderr=open(log_path, "ab"),
        env={"GATEHOUSE_CONF": configuration, **environment,
             **{n: v for n, v in os.environ.items() if n.endswith("SAN_OPTIONS")}})
    atexit.register(process.kill)  # harmless when it has ended
    return process


def start_here(**environment):
    if os.path.exists(path):
        os.unlink(path)
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.bind(path)
    s.listen(64)
    return start(s, **environment), s


def stop(process, name):
    process.send_signal(signal.SIGTERM)
    try:
        status = process.wait(300)
    except subprocess.TimeoutExpired:
        process.kill()
        status = "late"
    is_(status, 0, f"{name}: it ends with 0 at SIGTERM")


def wait_until(test):
    for _ in range(2400):
        if test():
            return True
        time.sleep(0.05)
    return False


def logged(text):
    with open(log_path, "rb") as f:
        return text.encode() in f.read()


def sockets(pid):
    """How many it has open."""
    count_ = 0
    for n in os.listdir(f"/proc/{pid}/fd"):
        try:
            count_ += os.readlink(f"/proc/{pid}/fd/{n}").startswith("socket:")
        except FileNotFoundError:
            pass  # closed meanwhile
    return count_


# ---- whole requests in other pieces ------------------------------------------------------------

process, listener = start_here()
for name, bytes_ in [
        ("in large records", whole()),
        ("one byte a record", whole(size=1)),
        ("seven bytes a record", whole(size=7)),
        ("with padding", whole(padding=255)),
        ("one byte a record, with padding", whole(size=1, padding=3)),
        ("long lengths where short ones would do", whole(long=True)),
        ("another request's number", None)]:
    if bytes_ is None:
        with dial(path) as s:
            s.sendall(whole(request=65535))
            out, end, _ = answer(s, 65535)
    else:
        out, end, _ = ask(bytes_)
    is_((said(out, "status"), said(out, "body"), said(out, "agent"), end),
        ("200", "hello", "odd", (0, 0)), name)
body = bytes(range(48, 123)) * 13
out, _, _ = ask(whole(body=body, size=10, padding=1))
is_(said(out, "body"), body.decode(), "a body of many records")
with dial(path) as s:
    for b in whole():
        s.sendall(bytes([b]))
    is_(said(answer(s)[0], "body"), "hello", "byte after byte")

# ---- a kept connection -----------------------------------------------------------------------------
with dial(path) as s:
    for request in (1, 2, 256, 1):
        s.sendall(whole(body=b"number %d" % request, request=request, flags=KEEP))
        is_(said(answer(s, request)[0], "body"), f"number {request}",
            f"a kept connection, request {request}")
    s.sendall(whole(request=5))
    is_(said(answer(s, 5)[0], "body"), "hello", "the last one")
    is_(s.recv(1), b"", "which ends the connection")
with dial(path) as s:
    s.sendall(whole(flags=KEEP))
    answer(s)
lives("kept and hung up")
with dial(path) as s:
    s.sendall(whole(flags=KEEP))
    answer(s)
    s.sendall(whole(flags=KEEP)[:20])
lives("kept and broken off in the next request")

# ---- what is no request -------------------------------------------------------------------------------
values = b"".join(pair(n, "") for n in ("FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"))
out, end, other = ask(record(GET_VALUES, values, 0) + whole())
is_((said(out, "body"), end), ("hello", (0, 0)), "asked for its values first")
is_([(kind, of) for kind, of, _ in other], [(VALUES, 0)], "they are answered")
is_(b"FCGI_MPXS_CONNS" + b"0" in other[0][2], True, "it serves one request a connection")
out, end, other = ask(record(77, b"", 0) + whole())
is_((said(out, "body"), end), ("hello", (0, 0)), "a management record of an unknown type first")
is_(other, [(UNKNOWN, 0, bytes([77] + [0] * 7))], "which is said")
out, end, other = ask(record(GET_VALUES, b"", 0) + whole())
is_(said(out, "body"), "hello", "asked for nothing")
for role in (0, 2, 3, 9):
    out, end, _ = ask(begin(role=role) + pieces(PARAMS, variables(b"")) + record(STDIN))
    is_(out is None or out[:8] in ("", "Status: "), True, f"role {role}: an answer or none")
    lives(f"role {role}")
out, end, _ = ask(begin() + record(PARAMS) + record(STDIN))
is_(said(out, "status"), "400", "a request without variables")
lives("without variables")
out, end, _ = ask(begin() + pieces(PARAMS, variables(b"hello")) +
                  begin(2) + pieces(STDIN, b"hello"))
is_(said(out, "body"), "hello", "a second request within the first: the first is served")
lives("two at once")
for name, bytes_ in [
        ("a version that is none", record(BEGIN, bytes([0, 1, 0, 0, 0, 0, 0, 0]), version=9)),
        ("no request at all", b"GET / HTTP/1.0\r\n\r\n"),
        ("zero bytes", b"\0" * 64),
        ("noise", bytes((i * 37 + 11) & 255 for i in range(999))),
        ("a beginning that is too short", record(BEGIN, b"\0\1")),
        ("data before the beginning", record(PARAMS, variables()))]:
    with dial(path) as s:
        s.sendall(bytes_)
        s.shutdown(socket.SHUT_WR)
        out, _, _ = answer(s)
        is_(out if out is None else out[:1], None if out is None else "", f"{name}: no answer")
    lives(name)
for name, bytes_ in [
        ("a length longer than what comes", bytes([250, 250]) + b"short"),
        ("a length of 16 MB", struct.pack(">II", 1 << 31 | 1 << 24, 1 << 31 | 1 << 24) + b"x"),
        ("half a length", b"\x80\0"),
        ("a name without a value", b"\1")]:
    out, _, _ = ask(begin() + pieces(PARAMS, bytes_) + record(STDIN))
    is_(out is None or said(out, "status") == "400", True, f"variables: {name}")
    lives(f"variables: {name}")

# ---- broken off -------------------------------------------------------------------------------------------
full = whole(body=b"x" * 900)
for at in (0, 1, 7, 8, 15, 16, 20, 100, len(full) - 908, len(full) - 500, len(full) - 8):
    with dial(path) as s:
        s.sendall(full[:at])
lives("broken off in eleven places")
with dial(path) as s:
    s.sendall(begin() + pieces(PARAMS, variables(b"hello")) + record(STDIN, b"he") +
              record(ABORT))
    out, end, _ = answer(s)
    is_(out is None or said(out, "status") == "400", True, "told to abort in the body")
lives("told to abort")
with dial(path) as s:
    s.sendall(begin() + pieces(PARAMS, variables(b"hello")) + record(STDIN, b"he"))
    s.shutdown(socket.SHUT_WR)
    out, _, _ = answer(s)
    is_(out is None or said(out, "status") == "400", True, "half closed in the body")
lives("half closed")

# ---- signals, descriptors ----------------------------------------------------------------------------------
with dial(path) as s:
    s.sendall(whole(flags=KEEP))
    answer(s)
    stop(process, "with a kept connection")
listener.close()
process, listener = start_here(GATEHOUSE_CONF=impatient)
lives("with a second's patience")
with dial(path) as s:
    began = time.monotonic()
    s.sendall(begin() + pieces(PARAMS, variables(b"x" * 9)) + record(STDIN, b"x"))
    out, _, _ = answer(s)
    took = time.monotonic() - began
    is_(out is None or said(out, "status") == "400", True, "who sends no more gets no answer")
    is_(0.9 < took < 150, True, f"after client_wait, {took:.1f} s, not at once or never")
lives("waited for")
stop(process, "with a second's patience")
listener.close()
process, listener = start_here()
lives("started again")
is_(wait_until(lambda: sockets(process.pid) == 1), True, "it closes what it has served")
used = {int(n) for n in os.listdir(f"/proc/{process.pid}/fd")}
free = next(n for n in range(1000) if n not in used)
usual = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (free, usual[1]))
ask(whole())  # the one that it waits for may have its descriptor already
with dial(path) as s:
    s.sendall(whole())
    is_(wait_until(lambda: logged("cannot accept a connection: ")), True,
        "without a free descriptor: the log says so")
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, usual)
    is_(said(answer(s)[0], "body"), "hello", "it is served when there is one")
stop(process, "afterwards")
listener.close()

# ---- TCP, and who may connect ----------------------------------------------------------------------------------

def by_tcp(family, address, to, allowed):
    try:
        s = socket.socket(family, socket.SOCK_STREAM)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        s.bind((address, 0))
    except OSError:
        if family == socket.AF_INET:
            raise
        return None
    s.listen(8)
    p = start(s, **({} if allowed is None else {"FCGI_WEB_SERVER_ADDRS": allowed}))
    # Who is hung up on may hear of it while he sends.
    try:
        out, _, _ = ask(whole(), (to, s.getsockname()[1]))
    except (BrokenPipeError, ConnectionResetError):
        out = None
    stop(p, f"by TCP, allowed are {allowed}")
    s.close()
    return said(out, "body")


for family, address, to, allowed, want in [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1", None, "hello"),
        (socket.AF_INET, "127.0.0.1", "127.0.0.1", "127.0.0.1", "hello"),
        (socket.AF_INET, "127.0.0.1", "127.0.0.1", "10.0.0.1, 127.0.0.1", "hello"),
        (socket.AF_INET, "127.0.0.1", "127.0.0.1", "10.0.0.1,192.0.2.1", "(nothing)"),
        (socket.AF_INET, "127.0.0.1", "127.0.0.1", "127.0.0.10", "(nothing)"),
        (socket.AF_INET, "127.0.0.1", "127.0.0.1", "nonsense,,127.0.0.1", "hello"),
        (socket.AF_INET, "127.0.0.1", "127.0.0.1", "", "(nothing)"),
        (socket.AF_INET6, "::1", "::1", "::1", "hello"),
        (socket.AF_INET6, "::1", "::1", "127.0.0.1,2001:db8::1", "(nothing)"),
        (socket.AF_INET6, "::", "127.0.0.1", "127.0.0.1", "hello"),
        (socket.AF_INET6, "::", "127.0.0.1", "127.0.0.2", "(nothing)")]:
    got = by_tcp(family, address, to, allowed)
    if got is None:
        skip(f"by TCP from {to}, allowed are {allowed}", f"no {address} here")
    else:
        is_(got, want, f"by TCP from {to}, allowed are {allowed}")
process, listener = start_here(FCGI_WEB_SERVER_ADDRS="10.0.0.1")
lives("a socket of the file system has no address to be refused")
stop(process, "at the end")
print(f"1..{count}")
sys.exit(failed > 0)
