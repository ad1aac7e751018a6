"""A real browser for tests: headless Chromium, steered by its DevTools protocol.

Only Python's own library is used. Scripts of pages are off unless `scripts` is true: what works
here works without them. Everything waits for what it says, at most `timeout` seconds, then
raises BrowserError with what was expected and what the page shows.

    with Browser() as b:
        b.goto("http://127.0.0.1:8080/admin/")
        b.fill("#f-account", "alice")
        b.click("main button")              # waits for the next page
        assert b.status == 200 and b.text("h1") == "Gateways"
        b.screenshot("gateways.png", 390, 844, dark=True)

CHROMIUM names another program than `chromium`.
"""

import base64
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request

__all__ = ["Browser", "BrowserError", "WebSocket"]

# Seconds after which something will not happen any more, on whatever machine.
PATIENCE = 300


class BrowserError(Exception):
    """Something did not happen, or the browser said no."""


class WebSocket:
    """As much of RFC 6455 as a client of the protocol needs: text messages, no extensions."""

    def __init__(self, host, port, path, timeout):
        self.socket = socket.create_connection((host, port), timeout)
        self.buffer = b""
        self.message = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise BrowserError(f"no WebSocket: {head!r}")

    def _more(self):
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise BrowserError("the browser has gone")
        self.buffer += piece

    def _has(self, size):
        while len(self.buffer) < size:
            self._more()

    def send(self, text, opcode=1):
        data = text.encode() if isinstance(text, str) else text
        if len(data) < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(data))
        elif len(data) < 1 << 16:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, len(data))
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, len(data))
        # The mask may be anything; zeros leave the data as they are.
        self.socket.settimeout(PATIENCE)
        self.socket.sendall(head + bytes(4) + data)

    def _frame(self):
        # Taken out of the buffer only when it is whole: reading may end at any byte.
        self._has(2)
        first, size, start = self.buffer[0], self.buffer[1] & 0x7F, 2
        if size == 126:
            self._has(4)
            size, start = struct.unpack("!H", self.buffer[2:4])[0], 4
        elif size == 127:
            self._has(10)
            size, start = struct.unpack("!Q", self.buffer[2:10])[0], 10
        self._has(start + size)
        data, self.buffer = self.buffer[start : start + size], self.buffer[start + size :]
        return first & 0x80, first & 0x0F, data

    def receive(self, timeout):
        """One whole message; None when none came in time."""
        deadline = time.monotonic() + timeout
        while True:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                final, opcode, data = self._frame()
            except TimeoutError:
                return None
            if opcode == 9:
                self.send(data, 10)
            elif opcode == 8:
                raise BrowserError("the browser has closed the connection")
            elif opcode in (0, 1):
                self.message += data
                if final:
                    data, self.message = self.message, b""
                    return data.decode()

    def close(self):
        self.socket.close()


class Browser:
    """One window with one page. Attributes after each page: url, status, headers.

    `complaints` collects what the browser's console says: errors, violations of the
    Content-Security-Policy, what could not be loaded.
    """

    def __init__(self, width=1280, height=900, scripts=False, timeout=PATIENCE):
        self.timeout = timeout
        self.url = ""
        self.status = None
        self.headers = {}
        self.complaints = []
        self._events = []
        self._count = 0
        self._socket = None
        self._document = None
        self.folder = tempfile.mkdtemp(prefix="gatehouse-browser.")
        self.downloads = os.path.join(self.folder, "downloads")
        os.mkdir(self.downloads)
        self._start()
        try:
            self._connect(scripts)
            self.window(width, height)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    # ---- the program -------------------------------------------------------------------

    def _start(self):
        program = os.environ.get("CHROMIUM") or "chromium"
        command = [
            program,
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={self.folder}/profile",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-extensions",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--ignore-certificate-errors",
            "--lang=en",
            "--password-store=basic",
            # It sees our own pages only, and no chroot or container lets it make a sandbox.
            "--no-sandbox",
        ]
        self._log = open(os.path.join(self.folder, "log"), "wb")
        try:
            # A process group of its own, so that its helpers end with it.
            self.process = subprocess.Popen(
                command + ["about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )
        except OSError as error:
            self.process = None
            self.close()
            raise BrowserError(f"{program}: {error}") from error

    def _connect(self, scripts):
        deadline = time.monotonic() + self.timeout
        port_file = os.path.join(self.folder, "profile", "DevToolsActivePort")
        while not os.path.exists(port_file) or not open(port_file).read().strip():
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(os.path.join(self.folder, "log"), errors="replace") as log:
                    raise BrowserError("the browser does not start:\n" + log.read()[-2000:])
            time.sleep(0.05)
        port = int(open(port_file).read().split()[0])
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        pages = []
        while not pages:
            with opener.open(f"http://127.0.0.1:{port}/json/list", timeout=self.timeout) as answer:
                pages = [p for p in json.load(answer) if p["type"] == "page"]
            if time.monotonic() > deadline:
                raise BrowserError("the browser has no page")
        path = "/" + pages[0]["webSocketDebuggerUrl"].split("/", 3)[3]
        self._socket = WebSocket("127.0.0.1", port, path, self.timeout)
        for domain in ("Page", "DOM", "Network", "Log", "Runtime"):
            self.call(domain + ".enable")
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call(
            "Browser.setDownloadBehavior",
            behavior="allow",
            downloadPath=self.downloads,
            eventsEnabled=True,
        )

    def close(self):
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self.process = None
        self._log.close()
        # Its helpers may still be writing for a moment.
        for _ in range(200):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not os.path.exists(self.folder):
                break
            time.sleep(0.05)

    # ---- the protocol ------------------------------------------------------------------

    def call(self, method, **parameters):
        """One command of the protocol; its result."""
        self._count += 1
        number = self._count
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        deadline = time.monotonic() + self.timeout
        while True:
            message = self._next(deadline - time.monotonic())
            if message is None:
                raise BrowserError(f"no answer to {method}")
            if message.get("id") != number:
                continue
            if "error" in message:
                raise BrowserError(f"{method}: {message['error'].get('message')}")
            return message.get("result", {})

    def _next(self, timeout):
        """The next message, noted when it is an event; None when there is none in time."""
        if timeout <= 0:
            return None
        text = self._socket.receive(timeout)
        if text is None:
            return None
        message = json.loads(text)
        if "method" in message:
            self._note(message["method"], message.get("params", {}))
        return message

    def _note(self, method, parameters):
        if method == "Network.responseReceived" and parameters["type"] == "Document":
            response = parameters["response"]
            self.url = response["url"]
            self.status = response["status"]
            self.headers = {k.lower(): v for k, v in response["headers"].items()}
        elif method == "Log.entryAdded":
            entry = parameters["entry"]
            if entry["level"] in ("error", "warning"):
                self.complaints.append(f"{entry['level']}: {entry['text']}")
        elif method == "DOM.documentUpdated":
            self._document = None
        elif method in (
            "Page.loadEventFired",
            "Page.frameStartedLoading",
            "Browser.downloadProgress",
            "Browser.downloadWillBegin",
        ):
            self._events.append((method, parameters))

    def _wait(self, what, found):
        """Until an event of those noted is what found() wants; it is returned."""
        deadline = time.monotonic() + self.timeout
        while True:
            while self._events:
                method, parameters = self._events.pop(0)
                if found(method, parameters):
                    return parameters
            if time.monotonic() > deadline:
                raise BrowserError(f"{what} did not come; the page is {self.url}")
            self._next(min(deadline - time.monotonic(), 1))

    # ---- pages -------------------------------------------------------------------------

    def _loaded(self, what):
        self._wait(what, lambda method, _: method == "Page.loadEventFired")
        self._document = None

    def goto(self, url):
        """Opens an address and waits until everything is loaded; the status."""
        self._events.clear()
        self.status = None
        result = self.call("Page.navigate", url=url)
        if result.get("errorText"):
            raise BrowserError(f"{url}: {result['errorText']}")
        self._loaded(url)
        return self.status

    def _find(self, selector, every=False):
        if self._document is None:
            self._document = self.call("DOM.getDocument", depth=0)["root"]["nodeId"]
        if every:
            return self.call(
                "DOM.querySelectorAll", nodeId=self._document, selector=selector
            )["nodeIds"]
        return self.call("DOM.querySelector", nodeId=self._document, selector=selector)["nodeId"]

    def _node(self, selector):
        node = self._find(selector)
        if node == 0:
            raise BrowserError(f"there is no {selector} on {self.url}:\n{self.text('body')[:2000]}")
        return node

    def has(self, selector):
        return self._find(selector) != 0

    def count(self, selector):
        return len(self._find(selector, True))

    def _run(self, node, function, *arguments):
        """Calls a function of ours on a node; scripts of the page stay off."""
        thing = self.call("DOM.resolveNode", nodeId=node)["object"]["objectId"]
        result = self.call(
            "Runtime.callFunctionOn",
            objectId=thing,
            functionDeclaration=function,
            arguments=[{"value": a} for a in arguments],
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            raise BrowserError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def evaluate(self, expression):
        """The value of an expression, which may be a promise, in the page."""
        result = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise BrowserError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def text(self, selector):
        """What can be read in the first element that fits."""
        return self._run(self._node(selector), "function () { return this.innerText; }").strip()

    def texts(self, selector):
        function = "function () { return this.innerText; }"
        return [self._run(n, function).strip() for n in self._find(selector, True)]

    def value(self, selector):
        """What stands in an input now."""
        return self._run(self._node(selector), "function () { return this.value; }")

    def attribute(self, selector, name):
        """None when it has none of this name."""
        pairs = self.call("DOM.getAttributes", nodeId=self._node(selector))["attributes"]
        return dict(zip(pairs[::2], pairs[1::2])).get(name)

    def source(self):
        """The page as the browser understood it."""
        self._find("html")
        return self.call("DOM.getOuterHTML", nodeId=self._document)["outerHTML"]

    # ---- what a person does ------------------------------------------------------------

    def fill(self, selector, text):
        """Types a text into an input in the place of what was there."""
        node = self._node(selector)
        self.call("DOM.scrollIntoViewIfNeeded", nodeId=node)
        self.call("DOM.focus", nodeId=node)
        self._key("a", "KeyA", 65, commands=["selectAll"])
        self._key("Delete", "Delete", 46, commands=["deleteBackward"])
        if text:
            self.call("Input.insertText", text=text)
        got = self.value(selector)
        if got != text:
            raise BrowserError(f"{selector} has {got!r}, not {text!r}")

    def _key(self, key, code, number, **more):
        what = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self.call("Input.dispatchKeyEvent", type="rawKeyDown", **what, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def press(self, key, wait=False):
        """Tab, Enter, Escape, Space: for what must work by keyboard."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "Space": 32}
        self._events.clear()
        name = " " if key == "Space" else key
        text = {"Enter": "\r", "Space": " "}.get(key)
        what = {"key": name, "code": key, "windowsVirtualKeyCode": codes[key]}
        self.call(
            "Input.dispatchKeyEvent",
            type="keyDown" if text else "rawKeyDown",
            **what,
            **({"text": text} if text else {}),
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)
        if wait:
            self._loaded(f"a page after {key}")

    def choose(self, selector, value):
        """Takes the option of a <select> with this value."""
        function = """function (value) {
            for (const option of this.options)
                if (option.value === value) { this.value = value; return true; }
            return false;
        }"""
        if not self._run(self._node(selector), function, value):
            raise BrowserError(f"{selector} has no option {value!r}")

    def upload(self, selector, *paths):
        """Chooses files for an input."""
        files = [os.path.abspath(p) for p in paths]
        self.call("DOM.setFileInputFiles", nodeId=self._node(selector), files=files)

    def _press_on(self, selector):
        node = self._node(selector)
        self.call("DOM.scrollIntoViewIfNeeded", nodeId=node)
        quads = self.call("DOM.getContentQuads", nodeId=node)["quads"]
        if not quads:
            raise BrowserError(f"{selector} cannot be seen on {self.url}")
        quad = quads[0]
        where = {"x": sum(quad[0::2]) / 4, "y": sum(quad[1::2]) / 4}
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **where)
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **where
            )

    def click(self, selector, wait=True):
        """Clicks in the middle of it. With `wait` a new page must come, and is waited for:
        False for boxes, folds and links within the page."""
        self._events.clear()
        if wait:
            self.status = None
        self._press_on(selector)
        if wait:
            self._loaded(f"a page after {selector}")

    def download(self, selector):
        """Clicks on what leads to a file; its path. It is gone when the browser is closed."""
        self._events.clear()
        self._press_on(selector)
        name = self._wait(
            f"a file after {selector}", lambda m, _: m == "Browser.downloadWillBegin"
        )["suggestedFilename"]
        end = self._wait(
            name,
            lambda m, p: m == "Browser.downloadProgress" and p["state"] != "inProgress",
        )
        if end["state"] != "completed":
            raise BrowserError(f"{name} was not downloaded")
        return os.path.join(self.downloads, name)

    # ---- what it looks like ------------------------------------------------------------

    def window(self, width, height, dark=False):
        """The size of the window in CSS pixels, and the scheme that the person likes."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        scheme = "dark" if dark else "light"
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    def screenshot(self, path, width=1280, height=900, dark=False):
        """The whole page, at least `height` high, as a PNG."""
        self.window(width, height, dark)
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        picture = self.call(
            "Page.captureScreenshot",
            captureBeyondViewport=True,
            clip={
                "x": 0,
                "y": 0,
                "width": width,
                "height": max(min(size["height"], 8000), height),
                "scale": 1,
            },
        )["data"]
        with open(path, "wb") as out:
            out.write(base64.b64decode(picture))

    def overflow(self):
        """How many pixels of the page stand out of the window at its side."""
        size = self.call("Page.getLayoutMetrics")
        return size["cssContentSize"]["width"] - size["cssLayoutViewport"]["clientWidth"]
