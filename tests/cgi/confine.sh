#!/bin/sh
# Each program can touch what its row of the table of programs and stores says, and nothing
# else: tried from within the program, by code that is loaded into it.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/cups.sh
. "$top_srcdir/tests/lib/cups.sh"
real_time
programs=$(cd "$top_builddir/cgi-bin" && pwd)
intruder=$(cd "$top_builddir/tests/cgi" && pwd)/intruder.so

config "share = $work/share"
fleet <<END || bail 'no data'
init
add gateway gw-1 ids.eui=58A0CBFFFE800001
key gw-1 value=key-of-gw-1
END
mkdir -p "$work/share" "$data/blobs/ab" "$data/uploads" "$work/elsewhere"
files=
for file in data/registry/data.mdb data/registry/lock.mdb data/ledger/data.mdb \
  data/ledger/lock.mdb data/sightings/gateways data/blobs/ab/image data/seal.keys \
  data/uploads/file share/file elsewhere/file; do
  [ -e "$work/$file" ] || echo something >"$work/$file"
  files="$files $work/$file"
done

# kernel WHAT: it can do that, whatever our programs make of it
kernel() {
  "$top_builddir/tests/lib/kernel" "$1"
}
kernel files || skip 'which files the programs can reach' 'this kernel has no Landlock, or an old one'
kernel calls || skip 'which calls they can make' 'this kernel filters none, or not on this machine'

# with_intruder PROGRAM: it runs, with the intruder in it
with_intruder() {
  cat >"$work/with-intruder" <<END
#!/bin/sh
export INTRUDER='$files' LD_PRELOAD='$intruder'
export ASAN_OPTIONS='${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0'
exec '$programs/$1'
END
  chmod 755 "$work/with-intruder"
  : >"$log"
  TEST_WRAPPER=$work/with-intruder
  start_app "cgi-bin/$1"
  TEST_WRAPPER=
  req GET /healthz ''
  is "$status" 200 "$1 serves"
}

# drop SED: what this kernel does not check
drop() {
  sed -i "$1" "$work/wanted" "$work/tried"
}

# can PROGRAM: standard input is its row: r read, w write, t cut, c make a file beside
can() {
  with_intruder "$1"
  kill -USR2 "$app_pid"
  wait_for grep -q '^intruder: does' "$log" || bail 'the intruder is silent'
  sed -n "s,^intruder: $work/,,p; s,^intruder: does,does,p" "$log" >"$work/tried"
  cat >"$work/wanted"
  kernel files || drop '/^does/!d'
  kernel calls || drop '/^does/d'
  if cmp -s "$work/wanted" "$work/tried"; then
    pass "$1 has what the table gives it, and no more"
  else
    fail "$1 has what the table gives it, and no more" "$(diff "$work/wanted" "$work/tried")"
  fi
  of_it=/proc/$app_pid
  is "$(sed -n 's/^NoNewPrivs:[[:space:]]*//p' "$of_it/status")" 1 "$1: no new privileges"
  # What is given up is given up by a thread, and those that it starts.
  is "$(find "$of_it/task" -mindepth 1 -maxdepth 1 | wc -l)" 1 "$1: no thread beside"
  is "$(sed -n 's/^Max core file size *\([^ ]*\) .*/\1/p' "$of_it/limits")" 0 "$1: no core files"
  is "$(sed -n 's/^Umask:.*\(.\)$/\1/p' "$of_it/status")" 7 "$1: a narrow umask"
  req GET /healthz ''
  is "$status" 200 "$1 goes on"
  stop_app
}

# Readers of LMDB write its lock file.
can cups.fcgi <<'END'
data/registry/data.mdb r
data/registry/lock.mdb rwt
data/ledger/data.mdb rwtc
data/ledger/lock.mdb rwtc
data/sightings/gateways rwtc
data/blobs/ab/image r
data/seal.keys r
data/uploads/file r
share/file r
elsewhere/file -
does -
END
can udp-config.fcgi <<'END'
data/registry/data.mdb r
data/registry/lock.mdb rwt
data/ledger/data.mdb -
data/ledger/lock.mdb -
data/sightings/gateways rwtc
data/blobs/ab/image -
data/seal.keys -
data/uploads/file -
share/file r
elsewhere/file -
does -
END
can kickstarter.fcgi <<'END'
data/registry/data.mdb rwtc
data/registry/lock.mdb rwtc
data/ledger/data.mdb rwtc
data/ledger/lock.mdb rwtc
data/sightings/gateways rwtc
data/blobs/ab/image r
data/seal.keys r
data/uploads/file r
share/file r
elsewhere/file -
does -
END
can admin.fcgi <<'END'
data/registry/data.mdb rwtc
data/registry/lock.mdb rwtc
data/ledger/data.mdb rwtc
data/ledger/lock.mdb rwtc
data/sightings/gateways rwtc
data/blobs/ab/image rwtc
data/seal.keys rwtc
data/uploads/file rwtc
share/file r
elsewhere/file -
does -
END

# To adopt gateways is to write the registry; sealing keys may be elsewhere.
mkdir "$work/keys"
mv "$data/seal.keys" "$work/keys"
files=$(echo "$files" | sed "s,$data/seal.keys,$work/keys/seal.keys,")
config 'unknown_gateways = adopt' "seal_keys = $work/keys/seal.keys"
can cups.fcgi <<'END'
data/registry/data.mdb rwtc
data/registry/lock.mdb rwtc
data/ledger/data.mdb rwtc
data/ledger/lock.mdb rwtc
data/sightings/gateways rwtc
data/blobs/ab/image r
keys/seal.keys r
data/uploads/file -
share/file r
elsewhere/file -
does -
END
can udp-config.fcgi <<'END'
data/registry/data.mdb r
data/registry/lock.mdb rwt
data/ledger/data.mdb -
data/ledger/lock.mdb -
data/sightings/gateways rwtc
data/blobs/ab/image -
keys/seal.keys -
data/uploads/file -
share/file r
elsewhere/file -
does -
END

# ---- another folder in the place of the data ----------------------------------------------
station 58a0:cbff:fe80:1 key-of-gw-1
start_cups
ask_for "$(request)"
is "$status" 200 'a poll'
cp -R "$data" "$work/copy"
mv "$data" "$work/old"
mv "$work/copy" "$data"
if kernel files; then
  ask_for "$(request)"
  is "$status" 503 'with a backup in the place of the data: come again'
  wait_app
  is "$app_status" 1 'it ends, for a web server to start it anew'
  has "$(cat "$log")" 'not what it was at the start' 'and says why'
  start_cups
else
  skip 'with a backup in the place of the data it ends' 'this kernel confines it to no folders'
fi
ask_for "$(request)"
is "$status" 200 'then polls are answered'
stop_app

# ---- a file that says it is closed to the web, made later -----------------------------------
asked() {
  req GET /healthz '' DOCUMENT_ROOT="$work" SERVER_SOFTWARE=Apache
}
start_cups
asked
is "$status" 503 'data that the web server would hand out'
printf 'Require all denied\n' >"$data/.htaccess"
asked
if kernel files; then
  is "$status" 503 'it cannot read a file that was not there'
  wait_app
  is "$app_status" 1 'so it ends, for another one that can'
  start_cups
  asked
else
  skip 'it ends for a file that was not there' 'this kernel confines it to no folders'
fi
is "$status" 200 'with an .htaccess it serves'
rm "$data/.htaccess"
stop_app

# ---- a request that does not end ------------------------------------------------------------
config 'request_time = 1'
start_app tests/cgi/echo
req GET /burn ''
wait_app
is "$app_status" 1 'a request that takes all the time there is ends the program'
has "$(cat "$log")" 'more than request_time' 'and the log says so'
done_testing
