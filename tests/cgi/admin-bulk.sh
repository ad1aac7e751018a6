#!/bin/sh
# Import and export of gateways in the browser: tried first, done when confirmed, nothing of
# the file left lying about.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
# shellcheck source=tests/lib/admin_upload.sh
. "$top_srcdir/tests/lib/admin_upload.sh"

admin_data
config 'upload_limit = 1M'
start_admin
# The clock of uploads is that of the file system.
date -u +%Y-%m-%dT%H:%M:%SZ >"$clock"

stored() {
  dump
  find "$data/uploads" -type f 2>/dev/null
}

markup='<script>alert(1)</script>"'\''&amp;'
cat >"$work/some.csv" <<END
gateway_id,eui,name,lns,frequency_plan_id,lbs_lns_secret.value
roof-1,58A0CBFFFE800101,Roof 1,my-lns,EU_863_870_TTN,dGhlIGtleSBvZiByb29mIDE=
gw-one,58A0CBFFFE800001,Renamed,my-lns,,
roof-2,58A0CBFFFE80010,Roof 2,my-lns,,
roof-3,58A0CBFFFE800103,Roof 3,no-such-lns,,
roof-1,58A0CBFFFE800104,Twice,my-lns,,
roof-5,58A0CBFFFE800105,"$(printf '%s' "$markup" | sed 's/"/""/g')",my-lns,,
END

# ---- trying ---------------------------------------------------------------------------
sign_in otto || bail 'otto cannot sign in'
get /import
is "$status" 200 'the page'
has "$(body)" 'enctype="multipart/form-data"' 'has a form for a file'
before=$(dump)
upload /import "$work/some.csv" some.csv format= existing=update
is "$status" 200 'a table is tried'
page=$(body)
is "$(dump)" "$before" 'and nothing is done'
has "$page" 'Would be created</dt><dd>2' 'two would be created'
has "$page" 'Would be changed</dt><dd>1' 'one would be changed'
has "$page" 'Would be refused</dt><dd>3' 'three would be refused'
has "$page" 'no-such-lns' 'with the reason'
has "$page" '>4</th>' 'and the line'
hasnt "$page" 'the key of roof 1' 'a secret of the file is not shown'
hasnt "$page" '<script>' 'markup in the file is text'
token_of_file=$(printf '%s' "$page" | sed -n 's/.*action="[^"]*\/import\/\([0-9a-f]*\)".*/\1/p')
is "${#token_of_file}" 32 'what waits has a token'
is "$(find "$data/uploads" -type f | wc -l)" 1 'the file waits in the data folder'
is "$(find "$data/uploads" -type f -exec stat -c %a {} +)" 600 'for its owner alone'
check 'under another name than the token' test ! -e "$data/uploads/$token_of_file"
is "$(field existing)" update 'with what was chosen'

# ---- whose it is ------------------------------------------------------------------------
otto_cookie=$cookie otto_token=$token
sign_in anna
post "/import/$token_of_file" existing=update
is "$status" 404 'another account cannot do it'
sign_in otto
post "/import/$token_of_file" existing=update
is "$status" 404 'neither can the same account that has signed in again'
cookie=$otto_cookie token=$otto_token
post /import/0123456789abcdef0123456789abcdef existing=update
is "$status" 404 'a token that there is not'
post "/import/..%2f..%2fgatehouse.conf" existing=update
is "$status" 400 'something that looks like a path'
must gateway list --json
is "$(jq -c '[.. | .gateway_id? // empty] | unique' "$work/out")" '["gw-one"]' 'nothing was done by that'

# ---- doing it ------------------------------------------------------------------------------
post "/import/$token_of_file" existing=update
is "$status" 200 'it is done'
page=$(body)
has "$page" 'The import is done' 'the page says so'
has "$page" 'Created</dt><dd>2' 'two are created'
has "$page" 'Changed</dt><dd>1' 'one is changed'
has "$page" 'Refused</dt><dd>3' 'three are refused'
has "$page" "href=\"$prefix/gateways/roof-1\"" 'those that are there are links'
hasnt "$page" 'the key of roof 1' 'the secret is not shown here either'
is "$(find "$data/uploads" -type f | wc -l)" 0 'the file is gone'
must gateway show gw-one --json
has "$(cat "$work/out")" Renamed 'the gateway has its new name'
post "/import/$token_of_file" existing=update
is "$status" 404 'it is not done twice'
must audit list --json
has "$(cat "$work/out")" account:otto 'the audit log names the account'
check 'no secret in the log' sh -c "! grep -q 'the key of roof' '$log'"
is "$(grep -rl 'the key of roof' "$data" | wc -l)" 0 'and nowhere in the data in plain text'

# ---- forgetting ------------------------------------------------------------------------------
printf 'gateway_id,name\nroof-1,Again\n' >"$work/again.csv"
upload /import "$work/again.csv" again.csv
token_of_file=$(body | sed -n 's/.*action="[^"]*\/import\/\([0-9a-f]*\)".*/\1/p')
post "/import/$token_of_file/drop"
is "$status" 303 'no: it is forgotten'
is "$(find "$data/uploads" -type f | wc -l)" 0 'the file is gone'
upload /import "$work/again.csv" again.csv
token_of_file=$(body | sed -n 's/.*action="[^"]*\/import\/\([0-9a-f]*\)".*/\1/p')
touch -d '2 hours ago' "$(find "$data/uploads" -type f)"
post "/import/$token_of_file"
is "$status" 404 'after an hour it is too old'
"$top_builddir/gatehouse" tick --json >"$work/out" || bail tick
is "$(jq .uploads_removed "$work/out")" 1 'and tick removes it'
is "$(find "$data/uploads" -type f | wc -l)" 0 'it is gone'
printf 'gateway_id\ngw-one\n' >"$work/same.csv"
upload /import "$work/same.csv" same.csv
has "$(body)" 'nothing would be' 'a file that changes nothing'
hasnt "$(body)" '>Do it<' 'asks nothing'
is "$(find "$data/uploads" -type f | wc -l)" 0 'and does not wait'

# ---- formats ------------------------------------------------------------------------------------
cat >"$work/some.jsonl" <<'END'
{"ids":{"gateway_id":"json-1","eui":"58A0CBFFFE800201"},"name":"From JSON","frequency_plan_ids":["EU_863_870_TTN"],"wonder":1}
{"ids":{"gateway_id":"json-2"},"name":7}
END
upload /import "$work/some.jsonl" some.jsonl
is "$status" 200 'JSON lines'
has "$(body)" 'wonder' 'an unknown field is named'
has "$(body)" 'Would be created</dt><dd>1' 'and its gateway taken'
upload /import "$work/some.jsonl" some.jsonl strict=true
has "$(body)" 'Would be refused</dt><dd>2' 'unless it shall be strict'
upload /import "$work/some.csv" some.csv existing=refuse
has "$(body)" 'Would be refused</dt><dd>6' 'registered ones are refused if asked for'
printf '{"ids":' >"$work/cut.json"
upload /import "$work/cut.json" cut.json
check 'JSON that is cut off: a clear error' test "$status" = 400 -o "$status" = 200
printf 'this is\0no table\n' >"$work/binary"
upload /import "$work/binary" binary
is "$status" 400 'no table: a clear error'
has "$(body)" 'role="alert"' 'beside the form'

# ---- bad uploads -------------------------------------------------------------------------------------
bad_uploads /import "$work/some.csv" existing=update
head -c 1100000 /dev/zero | tr '\0' 'x' >"$work/large"
before=$(stored)
upload /import "$work/large" large.csv
is "$status" 413 'a file above the limit'
has "$(body)" 'longer than 1048576 bytes' 'says what the limit is'
is "$(stored)" "$before" 'nothing is stored'

# ---- rights --------------------------------------------------------------------------------------------
sign_in vera
upload /import "$work/some.csv" some.csv
is "$status" 403 'a viewer imports nothing'
get /import
is "$status" 403 'and sees no form for it'
for path in /export /export/gateways; do
  get "$path"
  is "$status" 403 'nor exports anything'
done
post /export/secrets s-format=csv secrets=true
is "$status" 403 'secrets least of all'
sign_in otto
get /export
is "$status" 200 'an operator does'
hasnt "$(body)" secrets 'without secrets'

# ---- export -----------------------------------------------------------------------------------------------
get '/export/gateways?format=csv'
is "$status $(header Content-Type)" '200 text/csv; charset=utf-8' 'a table'
is "$(header Content-Disposition)" 'attachment; filename="gateways.csv"' 'to be saved'
is "$(header Content-Length)" "$(wc -c <"$answer.body" | tr -d ' ')" 'with its length'
has "$(body)" 'roof-1,58A0CBFFFE800101,Roof 1' 'has the gateways'
hasnt "$(body)" 'the key of roof 1' 'has no secret'
get '/export/gateways?format=jsonl&word=json'
is "$(body)" '' 'the filter: nothing fits'
get '/export/gateways?format=json&word=roof'
is "$(jq -r '.[].ids.gateway_id' "$answer.body" | sort | tr '\n' ' ')" 'roof-1 roof-5 ' 'the filter: words'
get '/export/gateways?lns=no-such'
is "$status" 404 'a network server that there is not'
has "$(body)" 'role="alert"' 'is said'
get '/export/gateways?format=jsonl&lns=my-lns'
cp "$answer.body" "$work/exported.jsonl"
sign_in otto
upload /import "$work/exported.jsonl" exported.jsonl
has "$(body)" 'Are so already</dt><dd>3' 'an export changes nothing where it comes from'
post /export/secrets s-format=jsonl secrets=true
is "$status" 403 'an operator gets no secrets'
sign_in anna
post /export/secrets s-format=jsonl
is "$status" 400 'an admin has to say so'
post /export/secrets s-format=jsonl secrets=true
is "$status" 200 'then they come'
has "$(body)" "$(printf 'the key of roof 1' | base64)" 'in it'
must audit list --json
has "$(cat "$work/out")" export-secrets 'which is in the audit log'
is "$(find "$data" -name '.export*' | wc -l)" 0 'no file is left'

# ---- many -----------------------------------------------------------------------------------------------------
awk 'BEGIN { print "gateway_id,eui,name"; for (i = 0; i < 3000; i++)
  printf "many-%d,58A0CBFFFE9%05X,Number %d\n", i, i, i }' >"$work/many.csv"
upload /import "$work/many.csv" many.csv
has "$(body)" 'Would be created</dt><dd>3000' 'three thousand are tried'
has "$(body)" 'and 2500 more that are not listed here' 'and not all listed'
token_of_file=$(body | sed -n 's/.*action="[^"]*\/import\/\([0-9a-f]*\)".*/\1/p')
post "/import/$token_of_file"
has "$(body)" 'Created</dt><dd>3000' 'and stored'
get '/export/gateways?format=csv&word=number'
is "$(wc -l <"$answer.body")" 3001 'and exported'

stop_app
done_testing
