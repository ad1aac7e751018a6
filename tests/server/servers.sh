# Real web servers for tests, each with its files from etc/, on top of tests/cli/lib.sh.
# shellcheck shell=sh
#
#   . "$top_srcdir/tests/server/servers.sh"
#   server_prepare            once the data folder is made: programs, certificates, users
#   server_start MODE         one of $server_modes; $http and $https are its addresses, $port
#                             is the one of HTTP
#   server_stop
#   $server_lines             more lines for lighttpd's configuration
#   server_admin_at /a/b      before a start: the admin is there, not at /admin
#
# As root the servers and programs run as another user (Apache refuses root), as they would
# on a real machine, from copies: the tree may be closed to it. $work/share is one for the
# configuration. Certificates in $work: root (of the server), fleet.

# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/lib/port.sh
. "$top_srcdir/tests/lib/port.sh"
unset GATEHOUSE_TEST_NOW
PATH=$PATH:/usr/sbin:/sbin
# shellcheck disable=SC2034 # for the scripts
server_modes='lighttpd-fastcgi lighttpd-sockets lighttpd-cgi apache-fcgid apache-proxy apache-cgi nginx nginx-spawn-fcgi'
server_pid=
server_workers=
server_user=
[ "$(id -u)" != 0 ] || server_user=www-data
cp -R "$top_srcdir/share" "$work/share"
chmod -R u+w,go+rX "$work/share"

# as_server COMMAND...: as the user of the web server
as_server() {
  if [ -n "$server_user" ]; then
    set -- setpriv --reuid="$server_user" --regid="$server_user" --clear-groups "$@"
  fi
  exec env -i PATH="$PATH" ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
    GATEHOUSE_CONF="$conf" "$@"
}

issue() {
  (cd "$work" && "$top_builddir/tests/lib/issue" "$@") || bail "issue $*"
}

server_prepare() {
  run_folder=$work/run
  mkdir -p "$work/www" "$run_folder" "$work/programs" "$work/server"
  echo "$work" >"$work/www/whose.txt"
  cp "$top_builddir"/cgi-bin/*.fcgi "$work/programs"
  server_etc=$work/etc
  cp -R "$top_srcdir/etc" "$server_etc"
  chmod -R u+w,go+rX "$server_etc"
  issue root use=ca cn=Root
  issue server ca=root use=server cn=localhost dns=localhost ip=127.0.0.1
  cat "$work/root.pem" >>"$work/server.pem"
  # Another site on the same machine, which compresses what it can.
  issue other ca=root use=server cn=other.example.com dns=other.example.com
  cat "$work/root.pem" >>"$work/other.pem"
  [ -e "$work/client-cas.pem" ] || cp "$work/root.pem" "$work/client-cas.pem"
  [ -z "$server_user" ] || {
    chmod 711 "$work"
    : >"$work/programs.log"
    chown "$server_user" "$work/programs.log"
    chown -R "$server_user:$server_user" "$data" "$run_folder" "$work/www" "$work/server"
    chmod -R go+rX "$work/programs"
    chmod 644 "$conf" "$work"/*.pem
    chown "$server_user" "$work/server.key" "$work/other.key"
  }
}

# server_admin_at PATH: what the operator's guide says: another path in each place
server_admin_at() {
  sed -i -E "s,/admin([\" ]),$1\\1,; s,\\|admin\\),|${1#/})," \
    "$server_etc"/lighttpd/*.conf "$server_etc"/apache/*.conf "$server_etc"/nginx/*.conf
}

# ---- programs of their own, as systemd or spawn-fcgi run them -------------------------------

# As doc/guide/web-servers.md says, but for the users, and that standard error is kept, which
# it throws away: with `log = syslog` that stays empty.
server_spawn_fcgi() {
  for server_program in "$work"/programs/*.fcgi; do
    server_name=$(basename "$server_program" .fcgi)
    rm -f "$run_folder/$server_name.socket"
    # shellcheck disable=SC2016 # for the shell that is started
    (as_server spawn-fcgi -s "$run_folder/$server_name.socket" -M 0660 -F 2 \
      -P "$run_folder/$server_name.pid" -- /bin/sh -c 'exec "$@" 2>>"$0"' \
      "$work/programs.log" "$server_program" --config "$conf") \
      >>"$work/start.log" 2>&1 || bail "spawn-fcgi: $(cat "$work/start.log")"
    server_workers="$server_workers $(tr '\n' ' ' <"$run_folder/$server_name.pid")"
    # It makes the socket before it knows whether the program runs.
    for server_worker in $(cat "$run_folder/$server_name.pid"); do
      kill -0 "$server_worker" || bail "$server_name does not run"
    done
  done
}

server_spawn() {
  for server_program in "$work"/programs/*.fcgi; do
    server_name=$(basename "$server_program" .fcgi)
    # shellcheck disable=SC2016 # for the shell that is started
    (as_server "$top_builddir/tests/lib/listen" "$run_folder/$server_name.socket" \
      sh -c 'exec 3<&0
        for i in 1 2; do "$1" <&3 3<&- & pids="$pids $!"; done
        trap "kill $pids" TERM
        wait; wait' sh "$server_program" 2>>"$work/programs.log") &
    server_workers="$server_workers $!"
    wait_for [ -S "$run_folder/$server_name.socket" ] || bail "no socket of $server_name"
  done
}

# ---- the servers ------------------------------------------------------------------------

server_lighttpd() {
  cat >"$work/server/server.conf" <<END
server.document-root = "$work/www"
server.port = $port
server.bind = "127.0.0.1"
server.errorlog = "$work/server/log"
server.breakagelog = "$work/programs.log"
server.upload-dirs = ( "$run_folder" )
${server_lines-}
server.modules = ( "mod_openssl" )
var.gatehouse_programs = "$work/programs"
var.gatehouse_conf = "$conf"
var.gatehouse_run = "$run_folder"
include "$server_etc/lighttpd/$1"
var.gatehouse_https = "127.0.0.1:$tls_port"
var.gatehouse_certificate = "$work/server.pem"
var.gatehouse_key = "$work/server.key"
var.gatehouse_client_cas = "$work/client-cas.pem"
include "$server_etc/lighttpd/gatehouse-tls.conf"
\$SERVER["socket"] == gatehouse_https {
	\$HTTP["host"] == "other.example.com" {
		ssl.pemfile = "$work/other.pem"
		ssl.privkey = "$work/other.key"
	}
}
END
  set -- lighttpd -D -f "$work/server/server.conf"
  (as_server "$@" >>"$work/start.log" 2>&1) &
  server_pid=$!
}

# server_apache FILE MPM MODULE...
server_apache() {
  server_file=$1 server_mpm=$2
  shift 2
  server_modules_folder=$(ls -d /usr/lib/apache2/modules /usr/libexec/apache2 2>/dev/null | head -n 1)
  {
    for module in "mpm_$server_mpm" authn_core authz_core alias env filter deflate socache_shmcb \
      reqtimeout ssl "$@"; do
      echo "LoadModule ${module}_module $server_modules_folder/mod_$module.so"
    done
    cat <<END
ServerRoot "$work/server"
ServerName localhost
PidFile "$work/server/pid"
DefaultRuntimeDir "$work/server"
Mutex file:$work/server default
ErrorLog "$work/server/log"
DocumentRoot "$work/www"
Listen 127.0.0.1:$port
Listen 127.0.0.1:$tls_port
<IfModule cgid_module>
	ScriptSock $work/server/cgid.socket
</IfModule>
<IfModule fcgid_module>
	FcgidIPCDir $work/server
	FcgidProcessTableFile $work/server/table
</IfModule>
Define gatehouse_programs $work/programs
Define gatehouse_conf $conf
Define gatehouse_run $run_folder
Define gatehouse_certificate $work/server.pem
Define gatehouse_key $work/server.key
Define gatehouse_client_cas $work/client-cas.pem
Include "$server_etc/apache/$server_file"
<VirtualHost 127.0.0.1:$tls_port>
Include "$server_etc/apache/gatehouse-tls.conf"
</VirtualHost>
<VirtualHost 127.0.0.1:$tls_port>
ServerName other.example.com
SSLEngine on
SSLCertificateFile $work/other.pem
SSLCertificateKeyFile $work/other.key
</VirtualHost>
SetOutputFilter DEFLATE
END
  } >"$work/server/server.conf"
  # It ends by a signal to its whole process group, which must not be that of all tests.
  (as_server setsid apache2 -D FOREGROUND -f "$work/server/server.conf" >>"$work/start.log" 2>&1) &
  server_pid=$!
}

server_nginx() {
  cp "$server_etc"/nginx/*.conf "$work/server"
  sed -i "s,/run/gatehouse/,$run_folder/," "$work/server/gatehouse.conf"
  for kind in client proxy fastcgi uwsgi scgi; do
    echo "${kind}_$([ $kind = client ] && echo body_)temp_path $work/server/$kind;"
  done >"$work/server/temporary.conf"
  cat >"$work/server/nginx.conf" <<END
daemon off;
master_process on;
worker_processes 1;
pid $work/server/pid;
error_log $work/server/log warn;
events { worker_connections 1000; }
http {
	include temporary.conf;
	access_log off;
	gzip on;
	gzip_types *;
	gzip_min_length 1;
	include gatehouse-http.conf;
	server {
		listen 127.0.0.1:$port default_server;
		root $work/www;
		include gatehouse.conf;
	}
	server {
		listen 127.0.0.1:$tls_port ssl default_server;
		ssl_certificate $work/server.pem;
		ssl_certificate_key $work/server.key;
		ssl_client_certificate $work/client-cas.pem;
		include gatehouse-tls.conf;
		include gatehouse.conf;
	}
	server {
		listen 127.0.0.1:$tls_port ssl;
		server_name other.example.com;
		ssl_certificate $work/other.pem;
		ssl_certificate_key $work/other.key;
	}
}
END
  (as_server nginx -p "$work/server" -c "$work/server/nginx.conf" -e "$work/server/log" \
    >>"$work/start.log" 2>&1) &
  server_pid=$!
}

server_answers() {
  answers "$work" "$http/whose.txt"
}

# server_try: as serve_somewhere has it
server_try() {
  tls_port=$((port + 1))
  http=http://127.0.0.1:$port
  # shellcheck disable=SC2034 # for the scripts
  https=https://localhost:$tls_port
  : >"$work/start.log"
  case $server_mode in
  lighttpd-fastcgi) server_lighttpd gatehouse.conf ;;
  lighttpd-sockets) server_lighttpd gatehouse-sockets.conf ;;
  lighttpd-cgi) server_lighttpd gatehouse-cgi.conf ;;
  apache-fcgid) server_apache gatehouse-fcgid.conf event fcgid ;;
  apache-proxy) server_apache gatehouse-proxy.conf event proxy proxy_fcgi buffer ;;
  apache-cgi) server_apache gatehouse-cgi.conf prefork cgi ;;
  nginx*) server_nginx ;;
  *) bail "there is no server $server_mode" ;;
  esac
}

server_start() {
  server_mode=$1
  case $server_mode in
  *-sockets | apache-proxy | nginx) server_spawn ;;
  *-spawn-fcgi) server_spawn_fcgi ;;
  esac
  serve_somewhere server_try server_answers || {
    server_pid=
    bail "$server_mode does not start: $(cat "$work/start.log" "$work/server/log")"
  }
}

server_gone() {
  ! kill -0 "$1" 2>/dev/null
}

server_stop() {
  [ -z "$server_pid" ] || {
    kill "$server_pid" 2>/dev/null
    wait "$server_pid" 2>/dev/null
  }
  # shellcheck disable=SC2086 # process ids
  [ -z "$server_workers" ] || {
    kill $server_workers 2>/dev/null
    wait $server_workers 2>/dev/null
    # Those of spawn-fcgi are nobody's children here.
    for server_worker in $server_workers; do
      wait_for server_gone "$server_worker" || kill -9 "$server_worker" 2>/dev/null
    done
  }
  server_pid=
  server_workers=
  # lighttpd does not wait for its programs, and the next one would take a socket for alive on
  # which one of them is just ending.
  rm -f "${run_folder-/none}"/*.socket
}
trap 'server_stop; tap_cleanup' EXIT
