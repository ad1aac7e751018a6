#!/bin/sh
# The commands of the operator's guide, page by page, in the order in which they stand there,
# against a real server. Blocks that begin with ```sh are commands; each has to succeed. A block
# ```text after one is what it prints: each of its lines, blanks aside and in this order, with
# … for anything. Other blocks and indented lines need a machine with systemd, apt or hardware.
: "${top_srcdir:=.}"
# shellcheck source=tests/server/servers.sh
. "$top_srcdir/tests/server/servers.sh"
guide=$top_srcdir/doc/guide
owner=${server_user:-$(id -u)}
group=$(id -g ${server_user:+"$server_user"})

# The two servers of the pages are this one, by its two names; folders are below that of the
# test; KEY-ID is the first key that `gatehouse key list` shows.
here() {
  sed -e "s,lns-two\.example\.com:8887,localhost:$tls_port,g" \
    -e "s,lns\.example\.com:8887,127.0.0.1:$tls_port,g" \
    -e "s,lns-example-com-8887,127-0-0-1-$tls_port,g" \
    -e "s,lns-two-example-com-8887,localhost-$tls_port,g" \
    -e "s,cups-example-com-443,localhost-$tls_port,g" \
    -e "s,cups\.example\.com:443,localhost:$tls_port,g" \
    -e "s,https://cups\.example\.com,$https,g" -e "s,http://cups\.example\.com,$http,g" \
    -e "s,/var/backups/gatehouse,$work/page,g" -e "s,/etc/gatehouse/tls,$work/page,g" -e "s,/run/gatehouse-sign,$work/page,g" \
    -e "s,--allow gatehouse,--allow $owner,g" -e "s,chgrp gatehouse,chgrp $group,g" \
    -e 's/ KEY-ID/ "$(first_key)"/'
}

# take_apart PAGE: its blocks as $work/blocks/N.sh and what they print as N.text
take_apart() {
  rm -rf "$work/blocks"
  mkdir "$work/blocks"
  here <"$1" | awk -v folder="$work/blocks" '
    /^```sh$/ { to = sprintf("%s/%02d.sh", folder, ++n); print "" >to; next }
    /^```text$/ { to = sprintf("%s/%02d.text", folder, n); next }
    /^```/ { to = to == "" ? "/dev/null" : ""; next }
    to != "" { print >to }'
}

# printed TEXT OUTPUT: "all", or the first line of TEXT that does not come after those before it
printed() {
  awk '
    function plain(s) { gsub(/[ \t\r]+/, " ", s); sub(/^ /, "", s); sub(/ $/, "", s); return s }
    function match_all(line, want,  parts, n, i, at, from) {
      # The parts between the … stand in the line one after the other; the first one at its
      # beginning, the last one at its end.
      n = split(want, parts, "…")
      from = line
      for (i = 1; i <= n; i++) {
        if (i == n && n > 1)
          return parts[n] == "" || (length(from) >= length(parts[n]) &&
            substr(from, length(from) - length(parts[n]) + 1) == parts[n])
        at = parts[i] == "" ? 1 : index(from, parts[i])
        if (at == 0 || (i == 1 && at != 1))
          return 0
        from = substr(from, at + length(parts[i]))
      }
      return from == ""
    }
    FILENAME == ARGV[1] { want[++count] = plain($0); next }
    FNR == 1 { next_one = 1 }
    next_one in want {
      line = plain($0)
      if (match_all(line, want[next_one]) || match_all(line, "! " want[next_one]))
        next_one++
    }
    END {
      if (!next_one)
        next_one = 1
      print next_one in want ? "not: " want[next_one] : "all"
    }' "$1" "$2"
}

# page_script: all blocks in one shell, each with an output of its own. A second is what people
# give to a service that they have started; here it says when it is there.
page_script() {
  cat <<END
set -e
first_key() {
  gatehouse key list --json | jq -r '.[0].key.id'
}
gatehouse() {
  # The root of the test is in no list of the system.
  case "\$1 \$2" in
  'trust fetch' | 'trust refresh') set -- "\$@" --anchors '$work/root.pem' ;;
  'probe '*) case "\$* " in *--trust* | *--files*) ;; *) set -- "\$@" --trust '$work/root.pem' ;; esac ;;
  esac
  '$gatehouse' --config '$conf' "\$@"
}
sleep() {
  for _ in \$(seq 1200); do
    ! grep -q 'serves the key' "\$printed" || return 0
    command sleep 0.1
  done
  return 1
}
END
  for block in "$work/blocks"/*.sh; do
    echo "printed='${block%.sh}.out'"
    echo "exec >'${block%.sh}.out' 2>&1"
    cat "$block"
  done
}

config "share = $work/share"
server_prepare
issue elsewhere use=ca cn='Another Root'
for page in "$guide"/*.md; do
  name=$(basename "$page" .md)
  grep -q '^```sh$' "$page" || continue
  rm -rf "$data" "$work/page"
  mkdir -p "$work/page"
  must init ${server_user:+--owner "$server_user"}
  [ -z "$server_user" ] || chown "$server_user" "$work/page"
  # What change-ca.md brings from somewhere else.
  cp "$work/elsewhere.pem" "$work/page/new-root.pem"
  server_start lighttpd-fastcgi
  echo "cups_uri = https://localhost:$tls_port" >"$conf.new"
  grep -v '^cups_uri' "$conf" >>"$conf.new"
  cat "$conf.new" >"$conf"
  take_apart "$page"
  page_script >"$work/page.sh"
  if (cd "$work/page" && env \
    PATH="$(dirname "$gatehouse"):$top_srcdir/share/gateway:$PATH" \
    CURL_CA_BUNDLE="$work/root.pem" sh "$work/page.sh" </dev/null) >"$work/page.log" 2>&1; then
    pass "$name"
  else
    last=$(find "$work/blocks" -name '*.out' | sort | tail -n 1)
    fail "$name" "$(cat "${last%.out}.sh" "$last" "$work/page.log" | tail -n 30)"
  fi
  for text in "$work/blocks"/*.text; do
    [ -e "$text" ] && [ -e "${text%.text}.out" ] || continue
    block=$(basename "$text" .text)
    is "$(printed "$text" "${text%.text}.out")" all "$name, block ${block#0}: prints what is shown"
  done
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
