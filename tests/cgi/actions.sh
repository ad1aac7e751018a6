#!/bin/sh
# Everything that can be done is one row of src/manage/actions.c: the commands of the shell, the
# routes of the API and the pages are compared with it.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
"$top_builddir/tests/lib/api_table" >"$work/tables"

# from FILTER: lines of the tables, sorted
from() {
  jq -r "$1" "$work/tables" | sort -u
}

is "$(from '.actions[] | select(.name == "" or (.name | test("^[a-z.-]+$") | not)) | .name')" '' \
  'every action has a row with a name'
is "$(from '.actions | group_by(.name)[] | select(length > 1) | .[0].name')" '' 'each once'

# ---- the shell -------------------------------------------------------------------------
from '.actions[].commands | select(. != "") | split(", ")[]' >"$work/in-table"
run help
groups=$(printf '%s\n' "$out" | sed -n '/^  [a-z]/s/^  \([a-z-]*\).*/\1/p')
for group in $groups; do
  run "$group" --help
  verbs=$(printf '%s\n' "$out" | sed -n "s/^  $group \([a-z-]*\).*/\1/p")
  if [ -z "$verbs" ]; then echo "$group"; fi
  for verb in $verbs; do echo "$group $verb"; done
done | sort -u >"$work/commands"
check 'there are commands' test "$(wc -l <"$work/commands")" -gt 60
is "$(comm -23 "$work/commands" "$work/in-table")" '' 'every command is an action'
is "$(comm -13 "$work/commands" "$work/in-table")" '' 'every command that is named exists'
is "$(from '.actions[] | select(.shell != (.commands != "")) | .name')" '' \
  'what the shell can do has a command'

# ---- the API ---------------------------------------------------------------------------
from '.routes[].action' >"$work/in-routes"
from '.actions[] | select(.api) | .name' >"$work/of-api"
is "$(comm -3 "$work/in-routes" "$work/of-api")" '' 'what the API can do has a route'
is "$(from '.actions[] | select((.shell and .api and .pages | not) and .why == "") | .name')" '' \
  'what is not done from everywhere says why'
is "$(from '.actions[] | select(.api and .scope != "any" and (.rights | length) == 0) | .name')" '' \
  'no action of the API is without a right'

# ---- the pages -------------------------------------------------------------------------
# "POST /move" is that page alone, "/move" every method that it has. What belongs to whoever
# sits there is no action: the style sheet, signing in and out, one's own account.
personal='/static/{hash}/admin.css /sign-in /sign-in/remote /sign-out /me /me/password'
jq -r --arg personal "$personal" '
  .pages as $pages | ($personal | split(" ")) as $personal
  | [.actions[] | . as $a | .forms | select(. != "") | split(", ")[]
     | {action: $a.name, role: $a.role, form: .,
        fits: (. as $f | [$pages[] | select($f == .path or $f == .method + " " + .path)])}]
    as $named
  | ($named[] | select(.fits == []) | "missing \(.action): \(.form)"),
    ($pages[] | select(.path as $p | $personal | index($p) | not)
     | . as $p | select($named | all(.fits | index($p) | not))
     | "nameless \(.method) \(.path)"),
    ($personal[] | . as $p | select($pages | all(.path != $p)) | "personal \($p)"),
    ($named[] | . as $n | .fits[] | select(.role != $n.role and .role != "open")
     | "role \($n.action) \($n.role): \(.method) \(.path) \(.role)")
' "$work/tables" | sort -u >"$work/pages"
of_pages() {
  sed -n "s/^$1 //p" "$work/pages"
}
is "$(of_pages missing)" '' 'every page that is named exists'
is "$(of_pages nameless)" '' 'every page is an action'
is "$(of_pages personal)" '' 'so does every page without one'
is "$(of_pages role)" '' 'a page opens to whom its action is for'
is "$(from '.pages[] | select(.role == "open") | .path')" "$(printf '%s\n' /sign-in \
  /sign-in/first /sign-in/remote '/static/{hash}/admin.css')" 'what is open to everybody'
is "$(from '.actions[] | select(.pages != (.forms != "")) | .name')" '' \
  'what the pages can do has a page'
check 'there are pages' test "$(from '.pages[] | .method + .path' | wc -l)" -gt 100
done_testing
