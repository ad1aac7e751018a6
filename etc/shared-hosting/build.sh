#!/bin/sh
# Makes the folder to upload to a rented web space. Run by `make shared-hosting`.
#
# usage: build.sh BUILD-FOLDER SOURCE-FOLDER OUT
set -eu
build=$1 source=$2 out=$3
here=$source/etc/shared-hosting

rm -rf "$out"
mkdir -p "$out/gatehouse/bin" "$out/gatehouse/lib" "$out/gatehouse/cgi-bin" "$out/gatehouse/share"
cp "$build/gatehouse" "$build"/cgi-bin/*.fcgi "$out/gatehouse/bin"
cp -R "$source/share/frequency-plans" "$source/share/concentrators" "$out/gatehouse/share"
[ ! -d "$source/share/static" ] || cp -R "$source/share/static" "$out/gatehouse/share"
find "$out/gatehouse/share" -name '*.mk' -exec rm -f {} +
cp "$here/gatehouse.conf" "$out/gatehouse"
cp "$here/tool.sh" "$out/gatehouse/gatehouse.sh"
cp "$here/README.txt" "$out"
cp "$here/htaccess" "$out/.htaccess"
cp "$here/closed.htaccess" "$out/gatehouse/.htaccess"
cp "$here/open.htaccess" "$out/gatehouse/cgi-bin/.htaccess"

# The libraries, but for those of the C library itself.
for program in "$out"/gatehouse/bin/*; do
  strip "$program"
  ldd "$program" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p'
done | sort -u | while read -r library; do
  case ${library##*/} in
  libc.so.* | libm.so.* | libpthread.so.* | libdl.so.* | librt.so.* | libresolv.so.* | ld-linux*) ;;
  libasan.so.* | libubsan.so.*) ;;
  *) cp -L "$library" "$out/gatehouse/lib" ;;
  esac
done
for program in "$out"/gatehouse/bin/*; do
  # shellcheck disable=SC2016 # for the dynamic linker
  patchelf --set-rpath '$ORIGIN/../lib' "$program"
done
for library in "$out"/gatehouse/lib/*; do
  # shellcheck disable=SC2016
  patchelf --set-rpath '$ORIGIN' "$library"
done

# The oldest C library that has all that they use.
needed=$(for file in "$out"/gatehouse/bin/* "$out"/gatehouse/lib/*; do
  objdump -T "$file" | sed -n 's/.*(\{0,1\}GLIBC_\([0-9][0-9.]*\)).*/\1/p; s/.* GLIBC_\([0-9][0-9.]*\) .*/\1/p'
done | sort -uV | tail -n 1)
machine=$(uname -m)
for program in "$build"/cgi-bin/*.fcgi; do
  name=$(basename "$program" .fcgi)
  sed "s/@NAME@/$name/; s/@GLIBC@/$needed/; s/@MACHINE@/$machine/" "$here/run.sh" \
    >"$out/gatehouse/cgi-bin/$name.cgi"
done
sed -i "s/@GLIBC@/$needed/; s/@MACHINE@/$machine/" "$out/README.txt"
find "$out" -type d -exec chmod 755 {} +
find "$out" -type f -exec chmod 644 {} +
chmod 755 "$out"/gatehouse/bin/* "$out"/gatehouse/cgi-bin/*.cgi "$out/gatehouse/gatehouse.sh"
chmod 711 "$out/gatehouse"
echo "Made $out for $machine with glibc $needed or later: $(du -sh "$out" | cut -f 1)"
