#!/bin/sh
# Pictures of the admin's pages in FOLDER (screenshots), to be looked at: light, dark, and as
# wide as a phone. Run by `make screenshots`.
set -u
: "${top_srcdir:=.}" "${top_builddir:=.}"
pictures=${1:-screenshots}
mkdir -p "$pictures" || exit 1
pictures=$(cd "$pictures" && pwd)
# shellcheck source=tests/browser/lib.sh
. "$top_srcdir/tests/browser/lib.sh"
sample_data
admin_start
python3 "$top_srcdir/tests/browser/screenshots.py" "$admin" "$pictures" || exit 1
echo "the pictures are in $pictures"
