#!/bin/sh
# gatehouse-sign as a service: who may ask, what it answers, that nobody holds it up, and
# what it has given up.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/cli/sign_lib.sh
. "$top_srcdir/tests/cli/sign_lib.sh"
must init
socket=$work/sign.sock
me=$(id -u)

for name in one two; do
  "$signer" --create "$keys/$name.key" 2>>"$log"
  openssl pkey -in "$keys/$name.key" -pubout -out "$work/$name.pem" 2>>"$log"
  "$signer" --key "$keys/$name.key" --public </dev/null >"$work/$name.pub"
done
crc_one=$(printf '%08x' "$(crc_of "$work/one.pub")")
crc_two=$(printf '%08x' "$(crc_of "$work/two.pub")")

# serve OPTION...: the service on $socket; what it says goes to $work/said
serve() {
  # What the one before said is not this one's word.
  : >"$work/said"
  "$signer" --socket "$socket" "$@" </dev/null >"$work/said" 2>&1 &
  app_pid=$!
  app_program='gatehouse-sign'
  wait_for said 'serves the key' || bail "the service does not start: $(cat "$work/said")"
}

said() {
  grep -q -- "$1" "$work/said"
}

# ask_sign CRC: $work/sig
ask_sign() {
  "$ask" sign "$socket" "$1" <"$work/digest" >"$work/sig" 2>"$work/err"
  status=$? err=$(cat "$work/err")
}

# raw HEX: $out
raw() {
  out=$("$ask" raw "$socket" "$1" 2>>"$log")
}

digest_hex=$(openssl dgst -sha512 -r "$work/fw" | cut -c1-128)
zeros=$(printf '%0128d' 0)
# A number of 32 bits as it is sent.
le() {
  printf '%s' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/'
}

# ---- two keys ---------------------------------------------------------------------------
serve --key "$keys/one.key" --key "$keys/two.key"
is "$(stat -c %a "$socket")" 660 'the socket is for user and group'
ask_sign "$crc_one"
ok 0 'it signs'
verified "$work/one.pem" "$work/sig" 'with the key that was asked for'
ask_sign "$crc_two"
verified "$work/two.pem" "$work/sig" 'with the other one too'
has "$(cat "$work/said")" "signed for uid $me: key $crc_two, SHA-512 $digest_hex" \
  'each signature is logged'
ask_sign 12345678
ok 3 'a key that is not there'
has "$err" 'no key with this CRC' 'why'
ask_sign 00000000
ok 3 'no key named'
"$ask" public "$socket" "$crc_two" >"$work/out" 2>>"$log"
check 'it tells a public key' cmp "$work/out" "$work/two.pub"
"$ask" public "$socket" 0 >"$work/out" 2>"$work/err"
is $? 3 'not which of several'

# As bytes: version 1, order, CRC, digest; the answer's version, status, length, bytes.
raw "0102$(le "$crc_one")$zeros"
is "$out" "01004000$(od -An -tx1 -v "$work/one.pub" | tr -d ' \n')" 'a public key, as bytes'
raw "0101$(le "$crc_one")$digest_hex"
case $out in
01004[5678]0030*) pass 'a signature, as bytes' ;;
*) fail 'a signature, as bytes' "$out" ;;
esac
for garbage in 00 02 0100 0103 47455420 ffffffff "0102$(le "$crc_one")$digest_hex" \
  "0101$(le "$crc_one")${digest_hex}00"; do
  raw "$garbage"
  case $out in 0101????74686174*) ;; *) fail "garbage $garbage" "answer $out" ;; esac
done
pass 'garbage is refused at once, with words'
head -c 300 /dev/urandom | od -An -tx1 -v | tr -d ' \n' >"$work/noise"
raw "$(cat "$work/noise")"
ask_sign "$crc_one"
ok 0 'and it goes on'

# ---- slow ones ----------------------------------------------------------------------------
# between FROM TO GOT NAME
between() {
  if [ "$3" -ge "$1" ] && [ "$3" -le "$2" ]; then pass "$4"; else fail "$4" "$3, not $1 to $2"; fi
}
# As many as it attends to at a time but one. One after the other they would take 30 s.
timeout 600 "$ask" mute "$socket" 15 >"$work/mute" &
mute=$!
wait_for grep -q connected "$work/mute" || bail 'nobody is mute'
begin=$(date +%s)
ask_sign "$crc_one"
ok 0 'while fifteen others say nothing, it signs'
between 0 15 $(($(date +%s) - begin)) 'not when it is done with them'
wait "$mute"
between 15 300 "$(tail -n 1 "$work/mute")" 'they are hung up on after 2 s'
# The whole would come after 70 s.
timeout 600 "$ask" drip "$socket" "0101$(le "$crc_one")$digest_hex" >"$work/drip"
is "$(head -n 1 "$work/drip")" '' 'one that sends a byte now and then gets no answer'
between 15 350 "$(tail -n 1 "$work/drip")" 'and is hung up on then, too'
# More than it takes at a time: they wait, and are served.
timeout 600 "$ask" mute "$socket" 30 >"$work/mute" &
mute=$!
wait_for grep -q connected "$work/mute" || bail 'nobody is mute'
ask_sign "$crc_one"
ok 0 'behind more than it attends to at a time'
wait "$mute"
has "$(cat "$work/said")" "uid $me was too slow" 'which is logged'

# ---- what it has -----------------------------------------------------------------------------
of_service() {
  sed -n "s/^$1:[[:space:]]*//p" "/proc/$app_pid/status"
}
is "$(of_service NoNewPrivs)" 1 'no new privileges'
if sanitized; then
  skip 'system calls are filtered' 'sanitizers need others'
elif ! "$top_builddir/tests/lib/kernel" calls; then
  skip 'system calls are filtered' 'this kernel filters none, or not on this machine'
else
  case $(uname -m) in
  x86_64 | aarch64) is "$(of_service Seccomp)" 2 'system calls are filtered' ;;
  *) skip 'system calls are filtered' "not on $(uname -m)" ;;
  esac
fi
is "$(of_service CapEff)" 0000000000000000 'no capabilities'
limits=$(cat "/proc/$app_pid/limits" 2>/dev/null)
has "$(echo "$limits" | grep 'core file' | tr -s ' ')" 'size 0 0' 'no core files'
if [ "$me" = 0 ]; then
  fds=$(ls -l "/proc/$app_pid/fd")
  has "$fds" 'socket:[' 'what it has open'
  hasnt "$fds" '.mdb' 'no database is open'
  hasnt "$fds" '.key' 'no key file is open'
  bad=
  for inode in $(echo "$fds" | sed -n 's/.*socket:\[\([0-9]*\)\].*/\1/p'); do
    grep -q " $inode\( \|\$\)" /proc/net/unix || bad="$bad $inode"
  done
  is "$bad" '' 'every socket is a UNIX one'
else
  skip 'what it has open' 'only root can see it'
fi

# ---- one service at a place --------------------------------------------------------------------
timeout 300 "$signer" --socket "$socket" --key "$keys/one.key" </dev/null 2>"$work/err"
is $? 4 'a second service is refused'
has "$(cat "$work/err")" 'another service listens' 'why'
ask_sign "$crc_one"
ok 0 'the first one still works'
stop_app
ask_sign "$crc_one"
ok 3 'no service'
has "$err" 'does not run' 'why'
echo precious >"$work/file"
timeout 300 "$signer" --socket "$work/file" --key "$keys/one.key" </dev/null 2>"$work/err"
is $? 4 'what is no socket'
is "$(cat "$work/file")" precious 'is not removed'
timeout 300 "$signer" --socket "$socket" --key "$keys/one.key" --key "$keys/one.key" </dev/null 2>"$work/err"
is $? 4 'one key twice'

# ---- who may ask ----------------------------------------------------------------------------------
serve --key "$keys/one.key" --allow 54321
pass 'a socket that was left behind is replaced'
ask_sign "$crc_one"
ok 5 'somebody else than whom it serves'
has "$err" 'may not ask' 'is told so'
has "$(cat "$work/said")" "refused uid $me" 'and logged'
hasnt "$(cat "$work/said")" 'signed' 'nothing is signed'
stop_app
serve --key "$keys/one.key" --allow 54321 --allow "$(id -un)"
ask_sign "$crc_one"
ok 0 'users by name'
stop_app
if [ "$me" = 0 ]; then
  as_nobody() {
    setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
  }
  cp "$ask" "$work/ask_signer"
  chmod 755 "$work" "$work/ask_signer"
  serve --key "$keys/one.key"
  as_nobody "$work/ask_signer" sign "$socket" "$crc_one" <"$work/digest" >"$work/sig" 2>"$work/err"
  is $? 5 'another user may not even connect'
  chmod 666 "$socket"
  as_nobody "$work/ask_signer" sign "$socket" "$crc_one" <"$work/digest" >"$work/sig" 2>"$work/err"
  is $? 5 'and if, is refused'
  has "$(cat "$work/err")" 'may not ask' 'with words'
  is "$(wc -c <"$work/sig")" 0 'without a signature'
  stop_app
  serve --key "$keys/one.key" --allow nobody
  chmod 666 "$socket"
  as_nobody "$work/ask_signer" sign "$socket" "$crc_one" <"$work/digest" >"$work/sig" 2>"$work/err"
  is $? 0 'unless allowed'
  verified "$work/one.pem" "$work/sig" 'then it gets a signature'
  ask_sign "$crc_one"
  ok 5 'a list replaces the usual users'
  stop_app
else
  skip 'another user' 'only root can be one'
fi

# ---- a token ---------------------------------------------------------------------------------------
make_token
serve --key "pkcs11:token=gatehouse;object=release?module-path=$module&pin-source=$work/pin"
"$ask" public "$socket" 0 >"$work/token.pub" 2>>"$log"
crc_token=$(printf '%08x' "$(crc_of "$work/token.pub")")
for _ in 1 2 3; do
  ask_sign "$crc_token"
  verified "$work/token.pem" "$work/sig" 'signs with a token'
done

# ---- as the tool asks it ------------------------------------------------------------------------------
run signing-key add release --signer "socket:$socket" --json
ok 0 'the tool asks it for its public key'
json .crc "$(crc_of "$work/token.pub")" 'gets it'
stop_app
serve --key "$keys/one.key" --key "$keys/two.key"
run signing-key add first --signer "socket:$socket"
ok 3 'which of two?'
has "$err" 'by its CRC' 'it says'
run signing-key add first --signer "socket:$socket" --crc "0x$crc_two" --json
ok 0 'by its CRC'
json .crc "$(crc_of "$work/two.pub")" 'gets that'
stop_app

# ---- sockets of others -----------------------------------------------------------------------------
python3 - "$signer" "$keys/one.key" "$work/handed.sock" >"$work/out" 2>"$work/err" <<'PROGRAM'
import os, socket, subprocess, sys
signer, key, path = sys.argv[1:]
ask = bytes([1, 2] + [0] * 68)
ours, theirs = socket.socketpair()
child = subprocess.Popen([signer, '--key', key, '--inetd'], stdin=theirs)
theirs.close()
ours.sendall(ask)
answer = b''
while len(answer) < 68:
    more = ours.recv(100)
    if not more:
        break
    answer += more
print('inetd', answer[:4].hex(), len(answer), child.wait())
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(5)
child = os.fork()
if child == 0:
    os.dup2(listener.fileno(), 3, True)
    os.environ['LISTEN_FDS'] = '1'
    os.environ['LISTEN_PID'] = str(os.getpid())
    os.execv(signer, [signer, '--key', key])
listener.close()
for i in range(2):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(path)
    peer.sendall(ask)
    print('systemd', peer.recv(100)[:4].hex())
os.kill(child, 15)
print('ended', os.waitpid(child, 0)[1])
PROGRAM
out=$(cat "$work/out") err=$(cat "$work/err")
has "$out" 'inetd 01004000 68 0' 'a connection of inetd'
is "$(echo "$out" | grep -c 'systemd 01004000')" 2 'a listening socket of systemd'
has "$out" 'ended 0' 'ends with 0 at SIGTERM'
timeout 300 "$signer" --inetd --key "$keys/one.key" </dev/null 2>"$work/err"
is $? 2 'what is no socket'

done_testing
