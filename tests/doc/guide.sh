#!/bin/sh
# The commands of the operator's guide, page by page, in the order in which they stand there,
# against a real server. Blocks that begin with ```sh are commands; each has to succeed.
: "${top_srcdir:=.}"
# shellcheck source=tests/server/servers.sh
. "$top_srcdir/tests/server/servers.sh"
guide=$top_srcdir/doc/guide

# commands PAGE: what is to be typed
commands() {
  sed -n '/^```sh$/,/^```$/{/^```/d;p;}' "$1"
}

# The two servers of the pages are this one, by its two names.
here() {
  sed -e "s,lns-two\.example\.com:8887,localhost:$tls_port,g" \
    -e "s,lns\.example\.com:8887,127.0.0.1:$tls_port,g" \
    -e "s,cups\.example\.com:443,localhost:$tls_port,g" \
    -e "s,https://cups\.example\.com/,$https/,g" -e "s,http://cups\.example\.com,$http,g"
}

config "share = $top_srcdir/share"
server_prepare
for page in "$guide"/*.md; do
  name=$(basename "$page" .md)
  [ -n "$(commands "$page")" ] || continue
  rm -rf "$data" "$work/page"
  mkdir -p "$work/page"
  must init ${server_user:+--owner "$server_user"}
  [ -z "$server_user" ] || chown "$server_user" "$work/page"
  server_start lighttpd-fastcgi
  echo "cups_uri = https://localhost:$tls_port" >"$conf.new"
  grep -v '^cups_uri' "$conf" >>"$conf.new"
  cat "$conf.new" >"$conf"
  {
    echo 'set -e'
    cat <<END
gatehouse() {
  # The root of the test is in no list of the system.
  case "\$1 \$2" in 'trust fetch') set -- "\$@" --anchors '$work/root.pem' ;; esac
  '$gatehouse' --config '$conf' "\$@"
}
END
    echo 'set -v'
    commands "$page" | here
  } >"$work/page.sh"
  if (cd "$work/page" && env PATH="$(dirname "$gatehouse"):$PATH" \
    CURL_CA_BUNDLE="$work/root.pem" sh "$work/page.sh" </dev/null) \
    >"$work/page.log" 2>&1; then
    pass "$name"
  else
    fail "$name" "$(tail -n 15 "$work/page.log")"
  fi
  server_stop
done

# Every page is in the list of pages, and what it points to is there.
for page in "$guide"/*.md; do
  name=$(basename "$page")
  [ "$name" = README.md ] || has "$(cat "$guide/README.md")" "($name)" "$name is listed"
  for link in $(sed 's/](/\n](/g' "$page" | sed -n 's/^](\([^):]*\)).*/\1/p'); do
    check "$name: $link is there" [ -e "$guide/$link" ]
  done
done
done_testing
