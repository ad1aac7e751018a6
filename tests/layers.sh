#!/bin/sh
# The rules of the house that a compiler does not know: arrows between the folders of src
# go down only, a foreign library's header is included in its one folder, functions and
# files stay short, nothing is left for later. Then the same checks are shown to fail, on
# small trees that break one rule each.
set -u

# Prints "RULE FILE:LINE: what is wrong" for every breach in the files given.
# shellcheck disable=SC2016 # the dollars are awk's
rules='
function floor(n, folders,   i, list, k) {
	k = split(folders, list, " ")
	for (i = 1; i <= k; i++)
		level[list[i]] = n
}
function owner(folder, pattern) {
	owned[folder] = pattern
}
function breach(rule, what) {
	print rule " " FILENAME ":" FNR ": " what
}
function end_file() {
	if (lines > 600)
		print "file-size " file ": " lines " lines"
}
BEGIN {
	# From the ground up. Neighbours on a floor do not know each other.
	floor(1, "base")
	floor(2, "json")
	floor(3, "store crypto web radio")
	floor(4, "registry")
	floor(5, "auth")
	floor(6, "firmware")
	floor(7, "cups gateway-files kickstarter")
	floor(8, "manage")
	floor(9, "admin")
	floor(10, "app")
	floor(11, "cgi-bin cli")
	owner("base", "^zlib[.]h$")
	owner("json", "^(json-c/.*|json[.]h)$")
	owner("store", "^lmdb[.]h$")
	owner("crypto", "^(gnutls/.*|crypt[.]h)$")
	owner("web", "^fcgi.*[.]h$")
	owner("radio", "^yaml[.]h$")
}
FNR == 1 {
	end_file()
	file = FILENAME
	split(file, part, "/")
	here = part[1] == "src" ? part[2] : part[1]
	opened = 0
	if (!(here in level))
		breach("arrow", "the folder has no floor; give it one in tests/layers.sh")
}
{ lines = FNR }
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	header = $0
	sub(/^[^<"]*[<"]/, "", header)
	sub(/[>"].*/, "", header)
	for (folder in owned)
		if (header ~ owned[folder] && folder != here)
			breach("foreign", header " belongs to src/" folder)
	there = header
	if ($0 ~ /"/ && header != "config.h") {
		if (!sub(/\/.*/, "", there))
			breach("arrow", header " is named without its folder")
		else if (!(there in level))
			breach("arrow", header " is of no floor")
		else if (there != here && level[there] >= level[here])
			breach("arrow", header " is not below " here)
	}
}
/^{/ { opened = FNR }
/^}/ {
	if (opened && FNR - opened + 1 > 100)
		breach("function-size", FNR - opened + 1 " lines")
	opened = 0
}
/TODO|FIXME/ { breach("later", $0) }
END { end_file() }
'

check_tree()
{
  (cd "$1" && find src cgi-bin -name '*.[ch]' -exec awk "$rules" {} + 2>/dev/null)
}

n=0
result() # NAME COMMAND...
{
  n=$((n + 1))
  name=$1
  shift
  if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}

kept() # RULE
{
  ! echo "$found" | grep -q "^$1 "
}

top=${top_srcdir:-.}
result "the source tree is in $top" [ -f "$top/src/base/err.c" ]
found=$(check_tree "$top")
for rule in foreign arrow function-size file-size later; do
  echo "$found" | grep "^$rule " | sed 's/^/# /'
  result "$rule" kept "$rule"
done

# ---- the checks themselves -------------------------------------------------
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' HUP INT TERM

put() # FILE, text on standard input
{
  mkdir -p "$tree/${1%/*}"
  cat >"$tree/$1"
}

lines() # N
{
  awk "BEGIN { for (i = 0; i < $1; i++) print \"\tx++;\" }"
}

# The tree as it is has just this breach: "RULE FILE" (or none for "").
expect() # NAME BREACH
{
  got=$(check_tree "$tree" | sed 's/:.*//')
  [ "$got" = "$2" ] || echo "# got: $got"
  result "self-test: $1" [ "$got" = "$2" ]
  rm -rf "${tree:?}"/*
}

echo '#include <lmdb.h>' | put src/store/a.c
echo '#include <zlib.h>' | put src/base/a.c
{
  echo '#include "config.h"'
  echo '#include "store/store.h"'
  echo '#include "base/err.h"'
  echo '#include "registry/own.h"'
  echo '#include <stdio.h>'
} | put src/registry/a.c
echo '#include "json/writer.h"' | put src/web/a.h
echo '#include "app/service.h"' | put cgi-bin/a.c
{ echo 'f(void)' && echo '{' && lines 98 && echo '}'; } | put src/base/b.c
lines 600 | put src/base/c.h
expect 'what is allowed' ''

for foreign in 'lmdb.h store' 'gnutls/x509.h crypto' 'crypt.h crypto' 'fcgiapp.h web' 'fcgi_stdio.h web' \
  'json-c/json.h json' 'json.h json' 'yaml.h radio' 'zlib.h base'; do
  header=${foreign% *}
  echo "# include <$header>" | put src/app/a.c
  expect "$header outside of ${foreign#* }" 'foreign src/app/a.c'
done

echo '#include "store/store.h"' | put src/base/a.c
expect 'an arrow upwards' 'arrow src/base/a.c'
echo '#include "crypto/seal.h"' | put src/store/a.c
expect 'an arrow to a neighbour' 'arrow src/store/a.c'
echo '#include "cups/decision.h"' | put src/gateway-files/a.c
expect 'an arrow to another neighbour' 'arrow src/gateway-files/a.c'
echo '#include "cli/command.h"' | put cgi-bin/a.c
expect 'an arrow from cgi-bin to cli' 'arrow cgi-bin/a.c'
echo '#include "err.h"' | put src/base/a.c
expect 'an include without folder' 'arrow src/base/a.c'
echo '#include "cellar/wine.h"' | put src/base/a.c
expect 'an include from nowhere' 'arrow src/base/a.c'
echo 'int x;' | put src/cellar/a.c
expect 'a folder without floor' 'arrow src/cellar/a.c'
{ echo 'f(void)' && echo '{' && lines 99 && echo '}'; } | put src/base/a.c
expect 'a function of 101 lines' 'function-size src/base/a.c'
lines 601 | put src/base/a.h
echo 'int x;' | put src/base/b.h
expect 'a file of 601 lines' 'file-size src/base/a.h'
echo '/* TODO: later */' | put src/base/a.c
expect 'something left for later' 'later src/base/a.c'
echo '/* FIXME */' | put cgi-bin/a.c
expect 'something left broken' 'later cgi-bin/a.c'

echo "1..$n"
