"""Says what is wrong with a page of the admin beyond what makes HTML invalid: labels, headings,
identifiers, names of pictures and tables; nothing that the policy forbids."""

import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong = []
        self.open = []
        self.ids = set()
        self.labels = set()
        self.inputs = []
        self.heading = 0
        self.mentioned = []
        self.links = []
        self.text = {}

    def say(self, what):
        self.wrong.append(f"line {self.getpos()[0]}: {what}")

    def handle_starttag(self, tag, pairs):
        a = dict(pairs)
        if len(a) != len(pairs):
            self.say(f"<{tag}> has an attribute twice")
        if tag not in VOID and self.open and self.open[-1] == "p" and tag in (
            "p", "div", "ul", "table", "form", "section", "pre", "dl"):
            self.say(f"<{tag}> in <p>")
        self.rules(tag, a)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, pairs):
        self.rules(tag, dict(pairs))

    def rules(self, tag, a):
        if "id" in a:
            if a["id"] in self.ids:
                self.say(f"the id {a['id']} is there twice")
            self.ids.add(a["id"])
        if tag in ("script", "style", "iframe", "object") or "style" in a:
            self.say(f"<{tag}> or its style is against the policy")
        if any(name.startswith("on") for name in a):
            self.say(f"<{tag}> has a handler")
        if tag in ("h1", "h2", "h3", "h4"):
            level = int(tag[1])
            if level > self.heading + 1 or (level == 1 and self.heading):
                self.say(f"<{tag}> after <h{self.heading}>")
            self.heading = level
        if tag == "label" and "for" in a:
            self.labels.add(a["for"])
        if tag in ("input", "select", "textarea") and a.get("type") != "hidden":
            if "label" not in self.open and "aria-label" not in a:
                self.inputs.append((self.getpos()[0], a.get("id")))
        if tag == "svg" and "aria-label" not in a and "aria-labelledby" not in a:
            self.say("a picture without a name")
        if tag == "th" and "scope" not in a:
            self.say("a table header without scope")
        for name in ("aria-describedby", "aria-labelledby"):
            self.mentioned += a.get(name, "").split()
        if tag == "a" and a.get("href", "").startswith("#"):
            self.mentioned.append(a["href"][1:])
        if tag == "a" and a.get("href", "").lower().startswith(("javascript:", "data:")):
            self.say("a link that is a script")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("th", "button", "a", "summary", "bdi", "label"):
            self.text[len(self.open)] = self.text.get(len(self.open), "") + data.strip()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.say(f"</{tag}> does not close <{self.open[-1] if self.open else ''}>")
            if tag in self.open:
                while self.open.pop() != tag:
                    pass
            return
        # What stands in elements below counts for what is around them.
        own = self.text.pop(len(self.open), "") + self.text.pop(len(self.open) + 1, "")
        if tag in ("th", "button", "a", "summary") and not own:
            if tag != "th":
                self.say(f"<{tag}> without words")
        self.open.pop()
        if own and self.open:
            self.text[len(self.open)] = self.text.get(len(self.open), "") + own

    def end(self):
        if self.open:
            self.say(f"not closed: {self.open}")
        for line, name in self.inputs:
            if name is None or name not in self.labels:
                self.wrong.append(f"line {line}: the input {name} has no label")
        for name in self.mentioned:
            if name not in self.ids:
                self.wrong.append(f"there is no id {name}, which is referred to")
        if self.heading == 0:
            self.wrong.append("no heading")


page = Page()
with open(sys.argv[1], encoding="utf-8") as source:
    page.feed(source.read())
page.end()
print("\n".join(page.wrong), end="\n" if page.wrong else "")
