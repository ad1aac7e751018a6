#!/bin/sh
# The folder of `make shared-hosting` on a rented web space: Apache with plain CGI and
# .htaccess alone, an ordinary user, little memory, and a file system that has nothing of ours
# but that folder.
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/lib/port.sh
. "$top_srcdir/tests/lib/port.sh"
unset GATEHOUSE_TEST_NOW
PATH=$PATH:/usr/sbin:/sbin
root=$work/root
user=
[ "$(id -u)" != 0 ] || user="www-data"
memory=131072 # KiB of address space, for each process
if sanitized; then memory=unlimited; fi

(cd "$top_builddir" && sh "$top_srcdir/etc/shared-hosting/build.sh" . "$top_srcdir" "$work/upload") \
  >"$work/build.log" 2>&1 || bail "build.sh: $(cat "$work/build.log")"
has "$(cat "$work/build.log")" 'with glibc 2.' 'the folder says what it needs'

# ---- the machine of the hoster ---------------------------------------------------------------
# put FILE...: with the libraries that it needs
put() {
  for file; do
    mkdir -p "$root/${file%/*}"
    cp -L "$file" "$root$file"
    ldd "$file" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' |
      while read -r library; do
        [ -e "$root$library" ] || {
          mkdir -p "$root/${library%/*}"
          cp -L "$library" "$root$library"
        }
      done
  done
}

modules=$(ls -d /usr/lib/apache2/modules /usr/libexec/apache2 2>/dev/null | head -n 1)
names='mpm_prefork authn_core authz_core authz_host env mime rewrite cgi'
if [ -n "$user" ]; then
  put "$(readlink -f /bin/sh)" "$(command -v getconf)" "$(command -v uname)" "$(command -v apache2)"
  for name in $names; do put "$modules/mod_$name.so"; done
  # The whole C library is there on every machine.
  # shellcheck disable=SC2046 # paths
  put $(ldd "$gatehouse" | sed -n 's/.*=> \(\/.*\/lib\(c\|m\|pthread\|dl\|rt\)\.so[^ ]*\) .*/\1/p')
  mkdir -p "$root/bin" "$root/dev" "$root/etc"
  [ -e "$root/bin/sh" ] || ln -s "$(readlink -f /bin/sh)" "$root/bin/sh"
  mknod -m 666 "$root/dev/null" c 1 3 2>/dev/null || : >"$root/dev/null"
  mknod -m 666 "$root/dev/urandom" c 1 9 2>/dev/null || true
  grep "^$user:" /etc/passwd >"$root/etc/passwd"
  grep "^$user:" /etc/group >"$root/etc/group"
  inside=
else
  inside=$root
  put "$(readlink -f /bin/sh)"
fi
www=$root/home/you/www
mkdir -p "$www" "$root/tmp" "$root/server"
cp -R "$work/upload/." "$www"
chmod 755 "$work" "$root" "$root/home" "$root/home/you" "$www"
[ -z "$user" ] || chown -R "$user:$user" "$root/home" "$root/server" "$root/tmp"

if [ -n "$user" ]; then
  is "$(find "$root" -path "$www" -prune -o \( -name '*gnutls*' -o -name '*lmdb*' \
    -o -name '*json-c*' -o -name '*fcgi*' -o -name '*yaml*' \) -print | wc -l)" 0 \
    'nothing of ours is installed there'
else
  skip 'nothing of ours is installed there' 'only root can show it another file system'
fi

start_apache() {
  url=http://127.0.0.1:$port
  {
    for name in $names; do echo "LoadModule ${name}_module $modules/mod_$name.so"; done
    cat <<END
ServerRoot "$inside/server"
ServerName localhost
PidFile "$inside/server/pid"
DefaultRuntimeDir "$inside/server"
Mutex file:$inside/server default
ErrorLog "$inside/server/log"
TypesConfig /dev/null
Listen 127.0.0.1:$port
DocumentRoot "$inside/home/you/www"
<Directory />
	Require all denied
	AllowOverride None
</Directory>
<Directory "$inside/home/you/www">
	Require all granted
	AllowOverride All
</Directory>
END
  } >"$root/server/server.conf"
  : >"$work/start.log"
  # It may end by a signal to its whole process group, which must not be that of all tests.
  if [ -n "$user" ]; then
    # shellcheck disable=SC2016
    (exec env -i PATH="$PATH" ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} setsid chroot \
      --userspec="$user" "$root" /bin/sh -c 'ulimit -v "$1"; umask 022
        exec "$2" -D FOREGROUND -f /server/server.conf' sh "$memory" "$(command -v apache2)" \
      >>"$work/start.log" 2>&1) &
  else
    # shellcheck disable=SC2016
    (exec env -i PATH="$PATH" setsid sh -c 'ulimit -v "$1"; umask 022
        exec apache2 -D FOREGROUND -f "$2"' sh "$memory" "$root/server/server.conf" \
      >>"$work/start.log" 2>&1) &
  fi
  server_pid=$!
}
answers_ours() {
  answers "$work" "$url/whose.txt"
}
start() {
  echo "$work" >"$www/whose.txt"
  serve_somewhere start_apache answers_ours && return
  server_pid=
  bail "Apache does not start: $(cat "$work/start.log" "$root/server/log")"
}
stop() {
  [ -z "${server_pid-}" ] || {
    kill "$server_pid" 2>/dev/null
    wait "$server_pid" 2>/dev/null
  }
  server_pid=
}
trap 'stop; tap_cleanup' EXIT

# fetch PATH CURL-OPTIONS...
fetch() {
  fetch_path=$1
  shift
  status=$(curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' --max-time 600 "$@" \
    "$url$fetch_path" 2>"$work/curl.log")
}

# ---- the first request -------------------------------------------------------------------
start
fetch /healthz
is "$status $(cat "$work/body")" '200 ok' 'the first request makes the database'
is "$(cat "$www/gatehouse/first-start.log")" '' 'without a word'
is "$(find "$www/gatehouse/data" -type f -perm /007 | wc -l)" 0 'nobody else reads what is in it'
for path in data/registry/data.mdb data/ledger/data.mdb data/seal.keys data/ gatehouse.conf \
  bin/gatehouse lib/liblmdb.so.0 first-start.log .htaccess ''; do
  fetch "/gatehouse/$path"
  is "$status" 403 "gatehouse/$path is not handed out"
done

# ---- its owner's work, as by cron or a shell on the hoster's machine -------------------------
# there WORD...: the uploaded tool
there() {
  if [ -n "$user" ]; then
    set -- chroot --userspec="$user" "$root" /home/you/www/gatehouse/gatehouse.sh "$@"
  else
    set -- "$www/gatehouse/gatehouse.sh" "$@"
  fi
  env -i PATH="$PATH" ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} "$@" >"$work/out" 2>"$work/err"
}
there gateway add gw-1 58A0CBFFFE800001 frequency_plan_ids=EU_863_870_TTN udp_address=u.example.com
is $? 0 'a gateway'
there gateway add kick-1 kickstarter=true frequency_plan_ids=EU_863_870 gateway_server_address=gs
is $? 0 'a Kickstarter'
there key create gw-1 --json
is $? 0 'a key'
key=$(jq -r '.. | .key? // empty' "$work/out" | grep NNSXS | head -n 1)

printf '{"router":"58a0:cbff:fe80:1","cupsUri":null,"tcUri":null,"cupsCredCrc":1,"tcCredCrc":1,%s' \
  '"station":"2.0.6","model":"linux","package":null,"keys":[]}' >"$work/request"
fetch /update-info -H "Authorization: Bearer $key" --data-binary "@$work/request"
is "$status $(wc -c <"$work/body")" '200 14' 'CUPS'
has "$(tr -d '\r' <"$work/head")" 'Content-Length: 14' 'with its length'
fetch /update-info --data-binary "@$work/request"
is "$status" 401 'CUPS without a key'
fetch /api/v3/gcs/gateways/gw-1/semtechudp/global_conf.json -H "Authorization: Bearer $key"
is "$status" 200 'a configuration file'
check 'is JSON' jq -e .SX1301_conf "$work/body"
etag=$(tr -d '\r' <"$work/head" | sed -n 's/^ETag: //p')
fetch /api/v3/gcs/gateways/gw-1/semtechudp/global_conf.json -H "Authorization: Bearer $key" \
  -H "If-None-Match: $etag"
is "$status" 304 'unchanged the next time'
fetch /api/v2/gateways/kick-1/activate -X PUT -A TTNGateway
is "$status" 201 'an activation'
has "$(tr -d '\r' <"$work/head")" 'Content-Length: ' 'with its length'
fetch /api/v2/frequency-plans/EU_863_870 -A TTNGateway
is "$status" 200 'a frequency plan'

# ---- the admin ------------------------------------------------------------------------------
# Its owner reads the secret by FTP.
browse() {
  browse_path=$1
  shift
  fetch "$browse_path" -b "$work/jar" -c "$work/jar" "$@"
  location=$(tr -d '\r' <"$work/head" | sed -n 's/^Location: //p')
}
browse /admin
is "$status $location" '303 /admin/sign-in' 'the admin'
browse /admin/sign-in
is "$status" 200 'its first page'
token=$(sed -n 's/.*name="token" value="\([0-9a-f]*\)".*/\1/p' "$work/body" | head -n 1)
style=$(sed -n 's/.*rel="stylesheet" href="\([^"]*\)".*/\1/p' "$work/body")
fetch "$style"
is "$status" 200 'its style sheet'
browse /admin/sign-in/first -H "Origin: $url" --data-urlencode "token=$token" \
  --data-urlencode "secret@$www/gatehouse/data/first-account.secret" \
  -d account_id=owner -d password=a-long-password
is "$status $location" '303 /admin/' 'the first account'
browse /admin/gateways
is "$status" 200 'is signed in'
has "$(cat "$work/body")" kick-1 'and sees the gateways'
check 'and the secret has gone' [ ! -e "$www/gatehouse/data/first-account.secret" ]

# ---- data outside of the web root ---------------------------------------------------------------
# Its owner writes with an editor that knows no last line end.
printf 'share = share\n#data = elsewhere\ndata  =   "%s/home/you/our data"' "$inside" >"$work/outside.conf"
cp "$www/gatehouse/gatehouse.conf" "$work/inside.conf"
cp "$work/outside.conf" "$www/gatehouse/gatehouse.conf"
[ -z "$user" ] || chown "$user:$user" "$root/home/you"
# Nobody waits for the first request to be done before the second one comes.
first=
for _ in 1 2 3 4; do
  curl -s -o /dev/null --max-time 600 "$url/healthz" &
  first="$first $!"
done
# shellcheck disable=SC2086 # process ids
wait $first
fetch /healthz
is "$status $(cat "$work/body")" '200 ok' 'data outside of the web root are made there'
check 'in the folder that was named' [ -e "$root/home/you/our data/registry/data.mdb" ]
is "$(cat "$www/gatehouse/first-start.log")" '' 'without a word'
touch -d '2020-01-01' "$www/gatehouse/first-start.log"
fetch /update-info --data-binary "@$work/request"
is "$status" 404 'where nobody is known yet'
is "$(stat -c %y "$www/gatehouse/first-start.log" | cut -c 1-4)" 2020 'and made once'
mv "$www/gatehouse/.htaccess" "$work/closed"
fetch /healthz
is "$status" 200 'what is outside needs no .htaccess'
mv "$work/closed" "$www/gatehouse/.htaccess"
cp "$work/inside.conf" "$www/gatehouse/gatehouse.conf"

# ---- what may go wrong -----------------------------------------------------------------------
mv "$www/gatehouse/.htaccess" "$work/closed"
fetch /healthz
is "$status" 503 'without the .htaccess it serves nothing'
has "$(cat "$root/server/log")" 'Require all denied' 'and the log says what to do'
mv "$work/closed" "$www/gatehouse/.htaccess"
fetch /healthz
is "$status" 200 'with it it does again'
sed -i 's/^need=.*/need=9.99/' "$www/gatehouse/cgi-bin/cups.cgi"
fetch /healthz
is "$status $(cat "$work/body")" \
  "503 Gatehouse cannot run here: it needs glibc 9.99 or later, this machine has $(getconf GNU_LIBC_VERSION | cut -d ' ' -f 2)" \
  'an old C library is named'
# Some machines have no getconf: the dynamic linker says the same.
sed -i 's/getconf GNU_LIBC_VERSION/no-such-program/' "$www/gatehouse/cgi-bin/cups.cgi"
fetch /healthz
is "$status $(cat "$work/body")" '200 ok' 'without getconf'
if [ -n "$user" ]; then
  mv "$www/gatehouse/lib/liblmdb.so.0" "$work"
  fetch /healthz
  is "$status" 503 'where the programs cannot run'
  has "$(cat "$work/body")" 'it needs glibc 9.99 or later; the error log says more' 'that is said'
  has "$(cat "$root/server/log")" liblmdb.so.0 'and in the log what is missing'
  mv "$work/liblmdb.so.0" "$www/gatehouse/lib"
else
  skip 'where the programs cannot run' 'they find the libraries of this machine'
fi
stop
done_testing
