"""A person's way through the admin, in a real browser without scripts.

    walk.py ADMIN FOLDER ROUTES

ADMIN is its address; FOLDER has image, one.pub, one.key and import.csv; ROUTES lists its pages
(tests/lib/admin_routes). Writes "ok NAME" and "not ok NAME", with what was wrong behind a tab.
"""

import base64
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile

from cdp import PATIENCE, Browser, BrowserError
from checks import axe_problems, page_problems, source_problems

PHONE = 390
# Files to be saved, which no page shows.
FILES = re.compile(
    r"/(file|digest|sig-0\.key|public\.pem|export/gateways|certificate|der|pem|crl|yaml|json|csv)$"
)


class Watched(Browser):
    """Remembers the request of the page, whose source cannot be had otherwise."""

    request = None

    def _note(self, method, parameters):
        super()._note(method, parameters)
        if method == "Network.responseReceived" and parameters["type"] == "Document":
            self.request = parameters["requestId"]

    def colours(self, scheme):
        """As a person likes them, who likes no motion either: it would be seen half-way."""
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": n, "value": v} for n, v in features.items()],
        )

    def bytes(self):
        """The source of the page as it came."""
        answer = self.call("Network.getResponseBody", requestId=self.request)
        return base64.b64decode(answer["body"]) if answer["base64Encoded"] else answer["body"].encode()


class Walk:
    def __init__(self, admin, folder, routes):
        self.admin = admin.rstrip("/")
        self.folder = folder
        self.browser = Watched()
        self.patterns = self.read_routes(routes)
        self.visited = set()
        self.checked = set()

    def read_routes(self, path):
        patterns = []
        with open(path) as lines:
            for line in lines:
                method, pattern = line.split()[:2]
                if method == "GET":
                    regex = re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(pattern))
                    patterns.append((pattern, re.compile("^" + regex + "$")))
        return patterns

    # ---- results -----------------------------------------------------------------------

    def ok(self, right, name, detail=""):
        print(("ok " if right else "not ok ") + name + ("" if right else "\t" + str(detail)))
        sys.stdout.flush()
        return right

    def has(self, part, name, selector="main"):
        text = self.browser.text(selector)
        return self.ok(part in text, name, f"{part!r} is not in: {text[:600]!r}")

    # ---- pages -------------------------------------------------------------------------

    def pattern_of(self, path):
        for pattern, regex in self.patterns:
            if regex.match(path):
                return pattern
        return None

    def here(self):
        """The path of the page that is shown, below the admin."""
        return urllib.parse.urlsplit(self.browser.url).path[len(urllib.parse.urlsplit(self.admin).path) :]

    def fetch(self, path):
        """The same page without the browser: status, type, bytes."""
        cookies = self.browser.call("Network.getCookies", urls=[self.admin])["cookies"]
        request = urllib.request.Request(self.admin + path)
        request.add_header("Cookie", "; ".join(f"{c['name']}={c['value']}" for c in cookies))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.headers.get_content_type(), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get_content_type(), error.read()

    def look(self, name, status=200):
        """The page is fine to look at, to listen to, and as HTML."""
        b = self.browser
        wrong = []
        if b.status != status:
            wrong.append(f"status {b.status}, not {status}")
        self.visited.add(self.pattern_of(self.here()))
        wrong += source_problems(b.bytes())
        b.colours("light")
        wrong += page_problems(b)
        wrong += axe_problems(b)
        b.colours("dark")
        wrong += ["dark: " + p for p in page_problems(b) if "contrast" in p or "edge" in p]
        b.window(PHONE, 844)
        if b.overflow() > 0:
            wrong.append(f"{b.overflow()} pixels too wide for a phone")
        b.window(1280, 900)
        wrong += [c for c in b.complaints if f"status of {status}" not in c]
        b.complaints.clear()
        return self.ok(not wrong, f"{name} ({self.here()})", "; ".join(wrong)[:3000])

    def go(self, path, name):
        self.browser.goto(self.admin + path)
        self.look(name)

    def click(self, text, name, status=200):
        """The button or link with this text in the page's content."""
        b = self.browser
        b._run(
            b._node("main"),
            """function (text) {
                for (const e of document.querySelectorAll("[data-walk]")) e.removeAttribute("data-walk");
                for (const e of this.querySelectorAll("button, a"))
                    if (e.innerText.trim() === text) { e.setAttribute("data-walk", ""); return; }
            }""",
            text,
        )
        if not b.has("[data-walk]"):
            raise BrowserError(f"no {text!r} on {b.url}: {b.text('main')[:600]}")
        b.click("[data-walk]")
        self.look(name, status)

    def button(self, action):
        """The button of the form that goes there."""
        return f'main form[action$="{action}"] button'

    # ---- the way -----------------------------------------------------------------------

    def sign_in(self):
        b = self.browser
        self.browser.goto(self.admin + "/")
        self.look("without a session: the sign-in page")
        b.fill("#f-account", "anna")
        b.fill("#f-password", "not the password")
        b.click("main form button")
        self.look("a wrong password", 403)
        self.has("Account or password are wrong", "says so")
        b.fill("#f-account", "anna")
        b.fill("#f-password", "password of anna")
        b.press("Enter", wait=True)
        # Before it is looked at, which scrolls: the next Tab may begin where that led. A key
        # that comes before the page is drawn goes nowhere.
        for _ in range(600):
            b.press("Tab")
            if b.evaluate("document.activeElement != document.body"):
                break
            time.sleep(0.2)
        self.ok(
            b.evaluate("document.activeElement.className") == "skip",
            "the first Tab leads past the navigation",
            b.evaluate("document.activeElement.outerHTML.slice(0, 200)"),
        )
        self.look("signed in, by keyboard")
        self.ok("anna" in b.text(".person"), "the page says who is there")

    def make_gateway(self):
        b = self.browser
        self.go("/gateways/new", "new gateway: what kind")
        self.click("LoRa Basics Station", "its short form")
        b.fill('[id="f-ids.gateway_id"]', "walked-1")
        b.fill('[id="f-ids.eui"]', "58A0CBFFFE80ZZ01")
        b.click("main form.edit button")
        self.look("an EUI that is none", 400)
        self.ok(b.has('[id="f-ids.eui"][aria-invalid]'), "is marked")
        self.ok(b.value('[id="f-ids.gateway_id"]') == "walked-1", "what was typed is kept")
        b.fill('[id="f-ids.eui"]', "58A0CBFFFE807001")
        b.fill("#f-name", "Walked <b>here</b>")
        b.choose("#f-lns", "eu-lns")
        b.fill("#f-frequency_plan_ids", "EU_863_870_TTN")
        b.fill('[id="f-lbs_lns_secret.value"]', "NNSXS.WALKED")
        b.click("main form.edit button")
        self.look("the gateway is made")
        self.go("/gateways/walked-1", "its page")
        self.has("Walked <b>here</b>", "markup in its name is text")
        self.go("/gateways/walked-1/keys", "its keys")
        path = b.download(self.button("/gateways/walked-1/bundle"))
        with zipfile.ZipFile(path) as bundle:
            names = bundle.namelist()
        self.ok(any(n.endswith("cups.uri") for n in names), "its bundle has its files", names)
        self.ok(any(n.endswith("cups.key") for n in names), "and its key", names)
        self.go("/gateways/harbour/explain", "what a gateway gets, and why")
        self.has("gateway retry ID", "it was sent too much", "main code")
        b.click(self.button("/gateways/harbour/retry"))
        self.look("which is sent again")
        self.go("/gateways/harbour/certificates", "the certificates of a gateway")
        b.choose("#f-ca", "field-ca")
        b.click(self.button("/gateways/harbour/certificates/issue"))
        self.look("one is issued")
        self.has("CN=", "with its subject")
        self.click("Take it away…", "taking it away asks first")
        b.click("main form button.danger")
        self.look("it is taken away")

    def adopt(self):
        b = self.browser
        self.go("/unknown", "unknown gateways")
        self.click("58A0CBFFFE8000F1", "one of them")
        b.fill("#f-gateway_id", "adopted-1")
        b.click(self.button("/adopt"))
        self.look("it is adopted")
        self.go("/gateways/adopted-1", "and is a gateway")
        self.has("58A0CBFFFE8000F1", "with its EUI")

    def move(self):
        b = self.browser
        self.go("/lns/eu-lns", "a network server")
        self.click("Edit", "its form")
        b.fill("#f-uri", "not an address")
        b.click("main form.edit button")
        self.look("no address", 400)
        b.complaints.clear()
        b.fill("#f-uri", "wss://new.lns.example.com:8887")
        b.click("main form.edit button")
        self.look("a fleet goes to another address")
        self.has("wss://new.lns.example.com:8887", "which is shown")
        self.go("/gateways/old-mill/explain", "what a gateway of it gets, and why")
        self.has("new.lns.example.com", "the new address")
        self.go("/move?uri=https%3A%2F%2Feu.lns.example.com%3A8887&group=towers", "another CUPS")
        b.click('main form[method="post"] button')
        self.look("part of the fleet goes there")

    def import_file(self):
        b = self.browser
        self.go("/import", "import")
        b.upload("#f-file", os.path.join(self.folder, "import.csv"))
        self.click("Try it", "a table is tried")
        self.has("no-such-lns", "what is wrong is said")
        self.ok(b.has("#wrong table"), "by line")
        self.click("Do it, without those that are refused", "the rest is done")
        self.has("Created", "and counted")
        self.go("/gateways/csv-1", "a gateway of the table")
        self.go("/export", "export")
        b.choose("#f-format", "csv")
        with open(b.download(self.button("/export/gateways"))) as saved:
            self.ok("csv-1" in saved.read(), "has it in its file")
        self.visited.add("/export/gateways")

    def purge(self):
        self.go("/gateways/csv-1/delete", "deleting a gateway asks first")
        self.browser.click("main form button.danger")
        self.look("it is deleted")
        self.go("/gateways/csv-1/purge", "ending it for good too")
        self.browser.click("main form button.danger")
        self.look("it is gone")
        self.ok(self.fetch("/gateways/csv-1")[0] == 404, "really")

    def firmware(self):
        b = self.browser
        self.go("/signing-keys/new", "a signing key")
        b.fill("#f-key_id", "one")
        b.fill("#f-signer", f"socket:{self.folder}/sign.sock")
        b.upload("#f-file", os.path.join(self.folder, "one.pub"))
        self.click("Register it", "is registered")
        self.go("/firmware/new", "an image")
        b.fill("#f-firmware_id", "fw-walk")
        b.upload("#f-file", os.path.join(self.folder, "empty"))
        self.click("Add it", "an empty file", 400)
        b.complaints.clear()
        b.upload("#f-file", os.path.join(self.folder, "image"))
        self.click("Add it", "is uploaded")
        b.choose("#f-key", "one")
        self.click("Sign", "and signed by the service")
        self.ok(b.count("#signatures tbody tr") == 1, "it has a signature")
        digest = b.download('a[href$="/firmware/fw-walk/digest"]')
        signature = os.path.join(self.folder, "image.sig")
        subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-inkey", os.path.join(self.folder, "two.key")]
            + ["-pkeyopt", "digest:sha512", "-in", digest, "-out", signature],
            check=True,
        )
        self.go("/signing-keys/new", "another key")
        b.fill("#f-key_id", "two")
        b.upload("#f-file", os.path.join(self.folder, "two.pem"))
        self.click("Register it", "whose private part is elsewhere")
        self.go("/firmware/fw-walk", "the image")
        b.upload("#f-file", signature)
        self.click("Add the signature", "is signed there too")
        self.ok(b.count("#signatures tbody tr") == 2, "it has two signatures")
        self.click("Verify the file", "and is verified")

    def rollout(self):
        b = self.browser
        self.go("/releases/new", "a release")
        b.fill("#f-release_id", "rel-walk")
        b.choose("#f-firmware", "fw-walk")
        b.fill("#f-version", "9.0.0")
        self.click("Create", "is made")
        self.go("/channels/new", "a channel")
        b.fill("#f-channel_id", "stable")
        self.click("Create", "is made")
        self.go("/rollouts/new", "a roll-out")
        b.fill("#f-rollout_id", "ro-walk")
        b.choose("#f-release", "rel-walk")
        b.choose("#f-channel", "stable")
        b.fill("#f-steps", "1,10@48h,100@3d")
        self.click("Create", "is made")
        self.click("Who would get it now, and why", "who would get it")
        self.go("/rollouts/ro-walk", "back to it")
        self.click("Its gateways", "where they stand")
        self.go("/rollouts/ro-walk/start", "starting asks first")
        self.click("Start it", "it is started")
        self.has("running", "and runs")
        self.click("Pause…", "pausing asks first")
        b.fill("#f-why", "the walk is over")
        self.click("Pause it", "it is paused")
        self.has("the walk is over", "and says why")
        self.go("/rollouts/new", "another roll-out")
        b.fill("#f-rollout_id", "ro-two")
        b.choose("#f-release", "rel-walk")
        b.choose("#f-channel", "stable")
        self.click("Create", "is made")
        self.click("Delete…", "deleting asks first")
        b.click("main form button.danger")
        self.look("it is deleted")

    def revoke(self):
        b = self.browser
        self.go("/gateways/harbour/keys", "the keys of a gateway")
        wide = b.evaluate(
            "[...document.querySelectorAll('.table-wrap')].some((t) => t.scrollWidth > t.clientWidth)"
        )
        self.ok(not wide, "all of the table is in sight")
        self.click("Revoke…", "revoking asks first")
        b.click("main form button.danger")
        self.look("a key is revoked")

    # ---- every page --------------------------------------------------------------------

    def links(self):
        """Where one can go from here, below the admin."""
        start = urllib.parse.urlsplit(self.admin).path
        hrefs = self.browser.evaluate(
            "[...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))"
        )
        return [h[len(start) :] for h in hrefs if h.startswith(start + "/")]

    def crawl(self):
        """Follows links until each page of the table was seen."""
        waiting, seen, times = ["/"], set(), {}
        while waiting:
            link = waiting.pop(0).split("#")[0]
            path = urllib.parse.unquote(urllib.parse.urlsplit(link).path)
            pattern = self.pattern_of(path)
            if link in seen or pattern is None:
                continue
            seen.add(link)
            times[pattern] = times.get(pattern, 0) + 1
            if times[pattern] > 2 or pattern.startswith("/static/"):
                continue
            if FILES.search(path):
                status, kind, _ = self.fetch(link)
                self.ok(status == 200 and kind != "text/html", f"a file ({link})", f"{status} {kind}")
                self.visited.add(pattern)
                continue
            self.browser.goto(self.admin + link)
            self.visited.add(pattern)
            self.look("a page")
            waiting += self.links()

    def cover(self, without):
        """Each page of the table was looked at."""
        missing = [p for p, _ in self.patterns if p not in self.visited and p not in without]
        self.ok(not missing, "every page of the table was looked at", ", ".join(missing))

    def sign_out(self):
        b = self.browser
        b.goto(self.admin + "/me")
        b.click(".person button")
        self.look("signed out")
        b.goto(self.admin + "/gateways")
        self.ok(b.has("#f-password"), "and nothing is shown any more")


def main(admin, folder, routes):
    walk = Walk(admin, folder, routes)
    try:
        walk.sign_in()
        walk.make_gateway()
        walk.adopt()
        walk.move()
        walk.import_file()
        walk.firmware()
        walk.rollout()
        walk.revoke()
        walk.purge()
        walk.crawl()
        walk.cover({"/static/{hash}/admin.css"})
        walk.sign_out()
        walk.ok(True, "the end of the way")
    except BrowserError as error:
        walk.ok(False, "the walk", str(error).replace("\n", " "))
    finally:
        walk.browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
