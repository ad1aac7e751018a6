#!/bin/sh
# The server of the tests: one file for every gateway, with an entity tag, and with keys if
# ./keys is there.  ./mood says how it answers; one that waits does so until ./go is there.
# Each request leaves a line in ./seen.
# shellcheck disable=SC2094 # "mood" is also a word in an answer
body=./body
case $PATH_INFO in
*.toml) body=./toml ;;
esac
length=$(wc -c <$body)
tag="\"$(cksum <$body | tr ' ' -)\""

answer() { # STATUS TYPE LENGTH
  printf 'Status: %s\r\nContent-Type: %s\r\n' "$1" "$2"
  [ -z "$3" ] || printf 'Content-Length: %s\r\n' "$3"
  printf 'ETag: %s\r\n\r\n' "$tag"
}

refuse() { # STATUS MESSAGE
  echo "$1" >>seen
  printf 'Status: %s\r\nContent-Type: application/json\r\n\r\n' "$1"
  printf '{\n\t"code": 7,\n\t"message": "error:pkg/test:%s"\n}\n' "$2"
  exit
}

wait_for_go() {
  while [ ! -e go ] && [ -e mood ]; do sleep 0.05; done
}

read -r mood <./mood
if [ -e keys ] && [ "$mood" = good ]; then
  [ -n "$HTTP_AUTHORIZATION" ] || refuse 401 no_key
  [ "$HTTP_AUTHORIZATION" = "Bearer $(cat keys)" ] || refuse 403 wrong_key
fi
case $mood in
[45]??) refuse "$mood" "mood_$mood" ;;
good)
  if [ "$HTTP_IF_NONE_MATCH" = "$tag" ]; then
    echo "304 $PATH_INFO $QUERY_STRING" >>seen
    printf 'Status: 304\r\nETag: %s\r\n\r\n' "$tag"
    exit
  fi
  echo "200 $PATH_INFO $QUERY_STRING" >>seen
  answer 200 application/json "$length"
  cat $body
  ;;
untagged)
  printf 'Content-Type: application/json\r\n\r\n'
  cat $body
  ;;
cut) # says more than it sends
  answer 200 application/json "$length"
  dd if=$body bs=1000 count=3 2>/dev/null
  ;;
half) # the length is right, the file is not
  answer 200 application/json 3000
  dd if=$body bs=1000 count=3 2>/dev/null
  ;;
html)
  answer 200 text/html ''
  echo '<!DOCTYPE html><html><body>Please log in</body></html>'
  ;;
empty) answer 200 application/json 0 ;;
moved) printf 'Status: 302\r\nLocation: /elsewhere.json\r\n\r\n' ;;
unasked) printf 'Status: 304\r\n\r\n' ;;
stuck) wait_for_go ;;
hold)
  answer 200 application/json "$length"
  dd if=$body bs=1000 count=3 2>/dev/null
  wait_for_go
  dd if=$body bs=1000 skip=3 2>/dev/null
  ;;
huge)
  answer 200 application/json ''
  printf '{"a": "'
  dd if=/dev/zero bs=65536 count=64 2>/dev/null | tr '\0' a
  printf '"}'
  ;;
esac
