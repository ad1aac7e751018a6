# A server of somebody else's at a port of loopback, for the tests that need one. It cannot be
# told to take any port, so ports are tried; and since whoever has one answers there, it is
# asked who it is.
# shellcheck shell=sh
#
#   serve_somewhere START OURS    calls START, which starts a server in the background at $port
#                                 (the one after it is its too), and OURS until it succeeds;
#                                 another port when the server ends. False: it ends at all of
#                                 them, or is there and does not answer, and is ended then
#   answers TEXT CURL-WORD...     the page that curl gets is this text

# Whatever is asked here is on this machine.
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY

# Pairs, so that neighbouring processes have nothing in common, below the ports that the kernel
# gives to whoever wants any.
port_of() {
  # shellcheck disable=SC2034 # for the scripts
  port=$((20000 + 2 * (($$ + $1 * 173) % 6384)))
}

answers() {
  port_text=$1
  shift
  [ "$(curl -s --max-time 10 "$@")" = "$port_text" ]
}

serve_somewhere() {
  port_try=0
  while [ "$port_try" -lt 20 ]; do
    port_of "$port_try"
    port_try=$((port_try + 1))
    "$1"
    port_server=$! port_left=1200
    until "$2"; do
      # It has ended, perhaps since others have the port.
      kill -0 "$port_server" 2>/dev/null || continue 2
      port_left=$((port_left - 1))
      [ "$port_left" -gt 0 ] || break 2
      sleep 0.1
    done
    return 0
  done
  kill "$port_server" 2>/dev/null
  wait "$port_server" 2>/dev/null
  return 1
}
