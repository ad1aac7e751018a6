"""What is wrong with a page for people with a keyboard, a screen reader or weak eyes, and for
browsers that are strict: the essentials, as far as a program can see them.

    problems = page_problems(browser)           accessibility, in the colours of now
    problems = source_problems(html)            HTML as tidy understands it
    problems = axe_problems(browser)            what axe-core says, when AXE names its file
"""

import os
import re
import subprocess

# Run in the page by the browser's debugger; scripts of the page itself stay off.
SCRIPT = r"""(() => {
const found = [];
const say = (what, e) => found.push(what + (e ? ": " + e.outerHTML.slice(0, 120) : ""));
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (e) => {
    if (!e.checkVisibility({ visibilityProperty: true })) return false;
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
};
const named = (e) => {
    const ids = (e.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean);
    const text = ids.map((i) => document.getElementById(i)?.textContent || "").join("");
    return ((e.getAttribute("aria-label") || "") + text + e.textContent +
        [...e.querySelectorAll("img[alt]")].map((i) => i.alt).join("")).trim() !== "";
};

/* The page as a whole. */
if (!document.documentElement.lang) say("no language");
if (!document.title.trim()) say("no title");
if (all("main").length !== 1) say("not one main");
if (all("h1").length !== 1) say("not one h1");
const viewport = document.querySelector("meta[name=viewport]");
if (!viewport || /user-scalable=no|maximum-scale/.test(viewport.content)) say("cannot be zoomed");
let last = 0;
for (const h of all("h1, h2, h3, h4, h5, h6")) {
    const level = Number(h.tagName[1]);
    if (level > last + 1) say("a level of headings is left out", h);
    if (!h.textContent.trim()) say("an empty heading", h);
    last = level;
}
const skip = document.querySelector("body a[href^='#']");
if (all("nav").length && (!skip || !skip.matches(".skip"))) say("no way past the navigation");
const navs = all("nav").map((n) => n.getAttribute("aria-label") || "");
if (navs.length > 1 && new Set(navs).size < navs.length) say("two navs of one name");

/* References. */
const ids = all("[id]").map((e) => e.id);
for (const id of new Set(ids.filter((i, n) => ids.indexOf(i) !== n))) say("twice the id " + id);
for (const name of ["for", "aria-describedby", "aria-labelledby", "list"])
    for (const e of all("[" + name + "]"))
        for (const id of e.getAttribute(name).split(/\s+/).filter(Boolean))
            if (!document.getElementById(id)) say(name + " names nothing", e);
for (const e of all("a[href^='#']"))
    if (!document.getElementById(decodeURIComponent(e.hash.slice(1)))) say("leads nowhere", e);

/* Things to work with. */
for (const e of all("input:not([type=hidden]), select, textarea")) {
    const labels = [...(e.labels || [])].map((l) => l.textContent.trim()).join("");
    if (!labels && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
        say("an input without a label", e);
    if (e.getAttribute("aria-invalid") === "true" && !e.getAttribute("aria-describedby"))
        say("wrong, but not said why", e);
    if (e.type === "password" && !e.autocomplete) say("a password without autocomplete", e);
}
for (const e of all("button, a, summary, [role=button]")) {
    if (!named(e)) say("has no name", e);
    if (e.tagName === "A" && !e.hasAttribute("href")) say("a link to nowhere", e);
    if (e.querySelector("a, button, input, select, textarea")) say("one inside another", e);
}
for (const e of all("button, a.button")) {
    const box = e.getBoundingClientRect();
    if (shown(e) && !e.matches(".link") && Math.min(box.width, box.height) < 24)
        say("too small to be hit", e);
}
for (const e of all("[tabindex]")) if (e.tabIndex > 0) say("out of the order of the page", e);
for (const e of all("fieldset"))
    if (!e.querySelector(":scope > legend")?.textContent.trim()) say("no legend", e);
for (const e of all("[autofocus]")) say("takes the focus", e);

/* Pictures and tables. */
for (const e of all("img")) if (!e.hasAttribute("alt")) say("a picture without words", e);
for (const e of all("svg"))
    if (e.getAttribute("aria-hidden") !== "true" &&
        !(e.getAttribute("role") === "img" && named(e) &&
            (e.getAttribute("aria-label") || e.getAttribute("aria-labelledby"))))
        say("a picture without words", e);
for (const e of all("progress, meter")) if (!e.getAttribute("aria-label")) say("no name", e);
for (const e of all("table")) {
    if (!e.caption?.textContent.trim() && !e.getAttribute("aria-label")) say("no caption", e);
    if (!e.querySelector("th")) say("a table without headers", e);
    const columns = e.tHead?.rows[0]?.cells.length || 0;
    for (const row of e.tBodies[0]?.rows || [])
        if (columns && [...row.cells].reduce((n, c) => n + c.colSpan, 0) > columns)
            say("a row longer than its headers", row);
}
for (const e of all("th")) {
    if (!e.scope) say("a header without scope", e);
    if (e.scope === "col" && !e.textContent.trim()) say("an empty header", e);
}
for (const e of all("dl > *")) if (!["DIV", "DT", "DD"].includes(e.tagName)) say("in a dl", e);
for (const e of all("ul > *, ol > *")) if (e.tagName !== "LI") say("in a list", e);

/* Contrast, from what the browser computed (WCAG 2.2, 1.4.3). */
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
canvas.canvas.width = canvas.canvas.height = 1;
const seen = new Map();
const rgba = (text) => {
    if (!seen.has(text)) {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        seen.set(text, [r, g, b, a / 255]);
    }
    return seen.get(text);
};
const over = (top, below) => {
    const a = top[3];
    return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a)).concat(1);
};
const ground = (e) => {
    const layers = [];
    for (let p = e; p; p = p.parentElement) {
        const c = rgba(getComputedStyle(p).backgroundColor);
        if (c[3] > 0) layers.push(c);
        if (c[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below),
        matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1]);
};
const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((x) => {
        x /= 255;
        return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05);
};
const pale = new Set();
const judge = (e, colour, below, style) => {
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const value = contrast(over(colour, below), below);
    if (value >= (large ? 3 : 4.5)) return;
    const key = e.tagName + "." + e.className + colour + below;
    if (pale.has(key)) return;
    pale.add(key);
    say("contrast " + value.toFixed(2), e);
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest("svg, .sr, .skip, option, script, style") || !shown(e))
        continue;
    const style = getComputedStyle(e);
    judge(e, rgba(style.color), ground(e), style);
}
for (const e of all("svg text")) {
    if (!e.textContent.trim()) continue;
    const style = getComputedStyle(e);
    e.scrollIntoView({ block: "center" });
    const box = e.getBoundingClientRect();
    const shape = document
        .elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
        .find((s) => /^(rect|path|circle|polygon)$/.test(s.tagName));
    const below = shape ? over(rgba(getComputedStyle(shape).fill), ground(e)) : ground(e);
    judge(e, rgba(style.fill), below, style);
}
scrollTo(0, 0);
for (const e of all("input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea")) {
    const style = getComputedStyle(e);
    if (!shown(e)) continue;
    judge(e, rgba(style.color), ground(e), style);
    if (contrast(over(rgba(style.borderTopColor), ground(e.parentElement)), ground(e.parentElement)) < 3)
        say("the edge of an input can hardly be seen", e);
}
return found;
})()"""

# tidy is older than these.
UNKNOWN_TO_TIDY = re.compile(
    r"proprietary attribute \"(dir|aria-[a-z]+|inputmode|autocomplete)\"|"
    r"<title> proprietary attribute \"id\"|"
    r"trimming empty <|"
    r"lacks \"summary\""
)


def page_problems(browser):
    """Of the page that is shown, with the colours that the window has."""
    return browser.evaluate(SCRIPT)


def source_problems(html):
    """The complaints of tidy about the source of a page."""
    # A <div> around each pair of a <dl> came after it.
    html = html.replace(b"<div><dt>", b"<dt>").replace(b"</dd></div>", b"</dd>")
    done = subprocess.run(
        ["tidy", "-q", "-e", "-utf8", "--gnu-emacs", "no", "--drop-empty-elements", "no"],
        input=html,
        capture_output=True,
        check=False,
    )
    lines = done.stderr.decode(errors="replace").splitlines()
    return [line for line in lines if line.strip() and not UNKNOWN_TO_TIDY.search(line)]


def axe_problems(browser):
    """Serious findings of axe-core, whose file AXE names; nothing without it."""
    if not os.environ.get("AXE"):
        return []
    with open(os.environ["AXE"], encoding="utf-8") as source:
        browser.evaluate(source.read() + ";0")
    # It waits by timers, which are scripts of the page.
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    found = browser.evaluate(
        """axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations
            .filter((v) => ["serious", "critical"].includes(v.impact))
            .map((v) => "axe " + v.id + ": " + v.nodes.map((n) => n.html.slice(0, 120)).join(" ")))"""
    )
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    return found
