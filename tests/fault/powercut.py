#!/usr/bin/env python3
"""What a disk may have after a power cut, by the log of powercut.c.

    powercut.py mark LOG TEXT         writes into the log: TEXT has been acknowledged now
    powercut.py run LOG BASE OUT COUNT SEED COMMAND...
        BASE is a copy of the folder from before the log. Cuts the power at COUNT places:
        each time makes OUT and runs COMMAND with POWERCUT_ACKNOWLEDGED (the last TEXT, or
        nothing) and POWERCUT_AT in the environment. Prints what failed; 1 if anything did.

What was synced is there. Of what was not, any part may be there in any order: each write
of a file whole, up to a sector, or not at all; of a folder's names the first few changes.
A file's name is only safe once its folder was synced.
"""
import os
import random
import shutil
import struct
import subprocess
import sys

SECTOR = 512


class File:
    def __init__(self, data=b""):
        self.data = bytearray(data)  # on the disk
        self.pending = []  # ("write", offset, bytes) or ("size", length)

    def put(self, change, data):
        if change[0] == "size":
            del data[change[1]:]
            data.extend(bytes(change[1] - len(data)))
        else:
            end = change[1] + len(change[2])
            data.extend(bytes(max(0, end - len(data))))
            data[change[1]:end] = change[2]

    def sync(self):
        for change in self.pending:
            self.put(change, self.data)
        self.pending = []

    def after_cut(self, dice):
        data = bytearray(self.data)
        kept = []
        for change in self.pending:
            if dice.random() < 0.5:
                continue
            if change[0] == "write" and dice.random() < 0.3:
                length = dice.randrange(0, len(change[2]) + 1, SECTOR)
                change = ("write", change[1], change[2][:length])
            kept.append(change)
        dice.shuffle(kept)
        for change in kept:
            self.put(change, data)
        return data


class Disk:
    def __init__(self, base, folder):
        self.folder = folder
        self.names = {}  # as programs see them
        self.safe = {}  # as they are on the disk
        self.pending = []  # (parent, change)
        for top, folders, files in os.walk(base):
            place = folder + top[len(base):]
            for name in files:
                with open(os.path.join(top, name), "rb") as f:
                    self.names[os.path.join(place, name)] = File(f.read())
            for name in folders:
                self.names[os.path.join(place, name)] = None
        self.safe = dict(self.names)

    def change(self, names, change):
        kind, first, second, file = change
        if kind == "add":
            names[first] = file
        elif kind == "remove":
            names.pop(first, None)
        elif kind == "rename":
            names.pop(first, None)
            names[second] = file

    def rename_names(self, change):
        self.change(self.names, change)
        target = change[2] or change[1]
        self.pending.append((os.path.dirname(target), change))

    def apply(self, op, flags, path, offset, data):
        if op == "c":
            self.rename_names(("add", path, None, File()))
        elif op == "m":
            self.rename_names(("add", path, None, None))
        elif op == "r":
            # A name that nobody made: the recorder has missed something.
            self.rename_names(("rename", path, data.decode(), self.names[path]))
        elif op == "l":
            self.rename_names(("add", data.decode(), None, self.names[path]))
        elif op == "u":
            self.rename_names(("remove", path, None, None))
        elif op == "s" and path in self.names and self.names[path] is None or \
                op == "s" and path == self.folder:
            rest = []
            for parent, change in self.pending:
                if parent == path:
                    self.change(self.safe, change)
                else:
                    rest.append((parent, change))
            self.pending = rest
        elif path in self.names and self.names[path] is not None:
            file = self.names[path]
            if op == "s":
                file.sync()
            elif op == "t":
                file.pending.append(("size", offset))
            elif flags & 1:
                file.put(("write", offset, data), file.data)
            else:
                file.pending.append(("write", offset, data))

    def cut(self, dice, out):
        names = dict(self.safe)
        for parent in {p for p, _ in self.pending}:
            changes = [c for p, c in self.pending if p == parent]
            for change in changes[:dice.randrange(len(changes) + 1)]:
                self.change(names, change)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        os.chmod(out, 0o2770)
        for path in sorted(names):
            place = out + path[len(self.folder):]
            if names[path] is None:
                os.makedirs(place, exist_ok=True)
                os.chmod(place, 0o2770)
        for path in sorted(names):
            place = out + path[len(self.folder):]
            if names[path] is not None and os.path.isdir(os.path.dirname(place)):
                with open(place, "wb") as f:
                    f.write(names[path].after_cut(dice))
                os.chmod(place, 0o640 if place.endswith(".keys") else 0o660)


def read(path):
    with open(path, "rb") as f:
        log = f.read()
    at = 0
    while at < len(log):
        op, flags, name, size, offset = struct.unpack_from("<BBHIQ", log, at)
        at += 16
        path = log[at:at + name].decode()
        at += name
        yield chr(op), flags, path, offset, log[at:at + size]
        at += size


def mark(log, text):
    data = text.encode()
    with open(log, "ab") as f:
        f.write(struct.pack("<BBHIQ", ord("a"), 0, len(data), 0, 0) + data)


def run(log, base, out, count, seed, command):
    folder = os.environ["POWERCUT_FOLDER"]
    records = list(read(log))
    dice = random.Random(seed)
    places = sorted(1 + i % len(records) for i in range(max(count, len(records))))
    places = sorted(dice.sample(places, count))
    disk, said, failed, done = Disk(base, folder), "", 0, 0
    for i, (op, flags, path, offset, data) in enumerate(records, 1):
        if op == "a":
            said = path
        else:
            disk.apply(op, flags, path, offset, data)
        while places and places[0] == i:
            places.pop(0)
            disk.cut(dice, out)
            env = dict(os.environ, POWERCUT_ACKNOWLEDGED=said, POWERCUT_AT=str(i))
            end = subprocess.run(command, env=env, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
            done += 1
            if end.returncode != 0:
                failed += 1
                print(f"cut at {i} ({op} {path}), acknowledged: {said}\n{end.stdout}")
        if failed > 5:
            break
    print(f"{done} cuts among {len(records)} records, {failed} failed")
    return 1 if failed else 0


if sys.argv[1] == "mark":
    mark(sys.argv[2], sys.argv[3])
else:
    sys.exit(run(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]),
                 int(sys.argv[6]), sys.argv[7:]))
