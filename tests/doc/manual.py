"""Do the manual pages, the guide and the messages say what the programs know?

usage: manual.py SOURCE-FOLDER HELP-FOLDER

HELP-FOLDER has what `PROGRAM --help` prints, as PROGRAM.help, and for each command of
gatehouse "GROUP VERB.help". Prints what differs, a line each.
"""
import glob
import os
import re
import sys

top, helps = sys.argv[1:]
problems = set()


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def options_of(text):
    """The options that a help text explains, at the beginning of their lines."""
    found = set()
    for line in text.splitlines():
        if re.match(r"  --[a-z]", line):
            head = re.split(r"\s{3,}", line.strip())[0]
            found |= set(re.findall(r"--([a-z][a-z0-9-]*)", head))
    return found


def options_in_page(text):
    """The long options that a manual page writes as such."""
    found = set()
    for line in text.replace("\\-", "-").splitlines():
        if re.match(r"\..*\bFl\b", line):
            found |= set(re.findall(r" -([a-z][a-z0-9-]*)", line))
            found |= set(re.findall(r"Fl Fl ([a-z][a-z0-9-]*)", line))
    return found


# ---- gatehouse(8), command by command --------------------------------------------------------

commands = {}
for path in glob.glob(helps + "/gatehouse *.help"):
    commands[os.path.basename(path)[len("gatehouse "):-len(".help")]] = options_of(read(path))
everywhere = set.intersection(*commands.values())
known = set().union(*commands.values())
page = read(top + "/man/gatehouse.8")

# What stands from one command to the next one that has a text of its own.
places = {}
open_commands, texts = [], {}
for line in page.splitlines():
    item = re.match(r"\.It Cm ([a-z-]+)(?: Cm ([a-z-]+))?", line)
    name = None
    if item:
        name = " ".join(filter(None, item.groups()))
        if name not in commands:
            name = item.group(1) if item.group(1) in commands else None
    if name:
        if any(texts[n].count("\n") > 1 for n in open_commands):
            open_commands = []
        open_commands.append(name)
        for option in options_in_page(line) - commands[name]:
            problems.add(f"gatehouse(8): {name} has no --{option}")
        texts.setdefault(name, "")
    elif line.startswith((".Ss", ".Sh")):
        open_commands = []
    for n in open_commands:
        texts[n] += line + "\n"
for name, options in sorted(commands.items()):
    if name not in texts:
        problems.add(f"gatehouse(8) lacks {name}")
        continue
    here = options_in_page(texts[name])
    filters = {"word", "group", "lns", "plan", "unseen", "at-cups"}
    if "Ar filter" in texts[name]:
        here |= filters
    # "with the options of create" says enough.
    for other in re.findall(r"options of\n\.Cm ((?:[a-z-]+ )?(?:Cm )?[a-z-]+)", texts[name]):
        other = other.replace(" Cm ", " ").strip()
        here |= commands.get(other, set()) | commands.get(name.split()[0] + " " + other, set())
    for option in options - everywhere - here - {"yes"}:
        problems.add(f"gatehouse(8), {name}: lacks --{option}")
    # An option of a neighbour is a reference, one of nobody a mistake.
for option in options_in_page(page) - known:
    problems.add(f"gatehouse(8): no command has --{option}")
for option in everywhere:
    if f"Fl -{option}" not in page:
        problems.add(f"gatehouse(8) lacks --{option}")

# ---- the other programs ----------------------------------------------------------------------

for program, section in (("gatehouse-sign", 1), ("gatehouse-fetch", 8)) + tuple(
        (name + ".fcgi", 8) for name in ("cups", "admin", "udp-config", "kickstarter")):
    text = read(f"{helps}/{program}.help")
    has = options_of(text) | set(re.findall(r"\[--([a-z-]+)", text))
    says = options_in_page(read(f"{top}/man/{program}.{section}"))
    for option in has - says:
        problems.add(f"{program}({section}) lacks --{option}")
    for option in says - has - known:
        problems.add(f"{program}({section}) has --{option}, the program does not")

# ---- commands that texts name ----------------------------------------------------------------


def check_command(where, text):
    """`gatehouse WORDS`, perhaps with placeholders in capitals: is there such a command?"""
    words = text.split()[1:]
    while words and words[0].startswith("--"):
        words = words[2 if words[0] in ("--config", "--data") else 1:]
    if not words or not re.fullmatch(r"[a-z-]+", words[0]) or words[0] == "help":
        return
    name = words[0]
    if name not in commands:
        name = " ".join(words[:2])
    if name not in commands:
        if len(words) == 1 or not re.fullmatch(r"[a-z-]+", words[1]):
            if any(c.startswith(words[0] + " ") for c in commands):
                return
        problems.add(f"{where}: no command `gatehouse {' '.join(words[:2])}`")
        return
    for option in re.findall(r"(?:^|\s)--([a-z][a-z-]*)", text):
        if option not in commands[name] | {"help", "version"}:
            problems.add(f"{where}: `gatehouse {name}` has no --{option}")


texts_of = (glob.glob(top + "/doc/guide/*.md") + glob.glob(top + "/README") +
            glob.glob(top + "/share/gateway/*") + glob.glob(top + "/etc/*/*") +
            glob.glob(top + "/etc/*.conf") + glob.glob(top + "/debian/README*"))
sources = (glob.glob(top + "/src/*/*.[ch]") + glob.glob(top + "/cgi-bin/*.c"))
count = 0
for path in texts_of + sources:
    if not os.path.isfile(path):
        continue
    text = read(path)
    where = os.path.relpath(path, top)
    if path in sources:
        text = re.sub(r'"\s*\n\s*"', "", text).replace('\\"', '"')
    found = re.findall(r"`(gatehouse [^`]*)`", re.sub(r"\n[ \t*#]*", " ", text))
    if path not in sources:
        joined = re.sub(r"\\\n\s*", " ", text)
        found += re.findall(r"^(?:    +|sudo )?(?:sudo )?(gatehouse [a-z-].*)$", joined, re.M)
        for part in re.findall(r"```[a-z]*\n(.*?)```", joined, re.S):
            found += re.findall(r"^(gatehouse [a-z-].*)$", part, re.M)
    for one in found:
        count += 1
        check_command(where, re.sub(r"[|;&].*", "", one))
if count < 100:
    problems.add(f"only {count} commands were found in texts")
print("\n".join(sorted(problems)))
