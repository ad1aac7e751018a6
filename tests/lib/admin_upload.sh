# Forms with files for tests of admin.fcgi, on top of tests/lib/admin.sh.
# shellcheck shell=sh
#
#   upload /import PATH NAME [FIELD=VALUE...]   sends the file as a browser does, called NAME
#   upload_raw /import BODYFILE                 sends these bytes as the form's data
#   part_field NAME VALUE, part_file NAME PATH  write parts of such a body

boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW

part_field() {
  printf -- '--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' "$boundary" "$1" "$2"
}

part_file() {
  printf -- '--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n' \
    "$boundary" "$1"
  printf 'Content-Type: application/octet-stream\r\n\r\n'
  cat "$2"
  printf '\r\n'
}

upload_raw() {
  req POST "$prefix$1" "@$2" "HTTP_COOKIE=$cookie" "HTTP_ORIGIN=$origin" \
    "CONTENT_TYPE=multipart/form-data; boundary=$boundary"
}

upload() {
  upload_path=$1 upload_file=$2 upload_name=$3
  shift 3
  {
    part_field token "$token"
    for pair; do
      part_field "${pair%%=*}" "${pair#*=}"
    done
    part_file "$upload_name" "$upload_file"
    printf -- '--%s--\r\n' "$boundary"
  } >"$work/form"
  upload_raw "$upload_path" "$work/form"
}

# bad_uploads PATH FILE FIELD=VALUE...: whatever is wrong with the form's data, nothing of it
# is stored and the answer says so; `stored` prints what must stay as it is
bad_uploads() {
  bad_path=$1 bad_file=$2
  shift 2
  bad_before=$(stored)
  {
    part_field token "$token"
    for pair; do part_field "${pair%%=*}" "${pair#*=}"; done
  } >"$work/fields"
  part_file x.bin "$bad_file" >"$work/file"
  end="--$boundary--"
  { cat "$work/fields" "$work/file"; printf '%s\r\n' "$end"; } >"$work/whole"

  head -c $(($(wc -c <"$work/whole") - 40)) "$work/whole" >"$work/form"
  upload_raw "$bad_path" "$work/form"
  is "$status" 400 "$bad_path: cut off before its last boundary"
  has "$(body)" 'cut off' 'says so'
  { cat "$work/fields" "$work/file"; printf '%s and more\r\n' "$end"; } >"$work/form"
  upload_raw "$bad_path" "$work/form"
  is "$status" 400 "$bad_path: something behind the last boundary"
  { cat "$work/fields"; sed 's/; name="file"//' "$work/file"; printf '%s\r\n' "$end"; } >"$work/form"
  upload_raw "$bad_path" "$work/form"
  is "$status" 400 "$bad_path: a file without a name of its input"
  { cat "$work/fields"; sed 's/octet-stream/x\r\nContent-Transfer-Encoding: base64/' "$work/file"
    printf '%s\r\n' "$end"; } >"$work/form"
  upload_raw "$bad_path" "$work/form"
  is "$status" 400 "$bad_path: a transfer encoding"
  { cat "$work/whole" "$work/whole"; } >"$work/form"
  upload_raw "$bad_path" "$work/form"
  is "$status" 400 "$bad_path: two bodies in one"
  { i=0; while [ $i -lt 1000 ]; do part_field "f$i" x; i=$((i + 1)); done; cat "$work/whole"; } >"$work/form"
  upload_raw "$bad_path" "$work/form"
  is "$status" 413 "$bad_path: a thousand fields"
  { part_field other x; cat "$work/file"; printf '%s\r\n' "$end"; } >"$work/form"
  upload_raw "$bad_path" "$work/form"
  is "$status" 403 "$bad_path: the token is not before the file"
  { cat "$work/fields"; printf '%s\r\n' "$end"; } >"$work/form"
  upload_raw "$bad_path" "$work/form"
  is "$status" 400 "$bad_path: no file at all"
  has "$(body)" 'no file was chosen' 'says so'
  req POST "$prefix$bad_path" "@$work/whole" "HTTP_COOKIE=$cookie" "HTTP_ORIGIN=$origin" \
    'CONTENT_TYPE=multipart/form-data'
  is "$status" 400 "$bad_path: no boundary is named"
  req POST "$prefix$bad_path" "@$work/whole" "HTTP_COOKIE=$cookie" "HTTP_ORIGIN=$origin" \
    'CONTENT_TYPE=application/json'
  is "$status" 415 "$bad_path: another type"
  : >"$work/empty"
  upload "$bad_path" "$work/empty" x.bin "$@"
  is "$status" 400 "$bad_path: an empty file"
  has "$(body)" 'is empty' 'says so'
  is "$(stored)" "$bad_before" "$bad_path: nothing of all that is stored"
}
