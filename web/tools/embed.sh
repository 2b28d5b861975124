#!/bin/sh
# embed.sh DIST OUT.S OUT.c: gzips every file of the built console and makes two sources of it: an assembler file that takes
# the bytes in (.incbin), and the table that net/server.h serves from memory:
#     const struct file_row console_files[]; const size_t console_files_n;
# The compressed files stay beside OUT.S (OUT.S.d/): the assembler reads them from there.
set -eu
dist=$(CDPATH= cd -- "$1" && pwd)
out_s=$2 out_c=$3
gz=$(dirname "$out_s")/$(basename "$out_s").d
rm -rf "$gz"
mkdir -p "$gz"
gz=$(CDPATH= cd -- "$gz" && pwd)

mime() {
	case $1 in
	*.html) echo 'text/html; charset=utf-8' ;;
	*.js) echo 'text/javascript; charset=utf-8' ;;
	*.css) echo 'text/css; charset=utf-8' ;;
	*.json | *.webmanifest) echo 'application/json' ;;
	*.svg) echo 'image/svg+xml' ;;
	*.png) echo 'image/png' ;;
	*.ico) echo 'image/x-icon' ;;
	*.woff2) echo 'font/woff2' ;;
	*.txt) echo 'text/plain; charset=utf-8' ;;
	*) echo "embed.sh: no media type known for $1" >&2 && exit 1 ;;
	esac
}

rows=$out_c.rows
decls=$out_c.decls
: >"$rows"
: >"$decls"
echo '.section .rodata' >"$out_s"
n=0
list=$out_c.list
(cd "$dist" && find . -type f | LC_ALL=C sort) >"$list"
while IFS= read -r file; do
	path=${file#.}
	type=$(mime "$path")
	gzip -9nc "$dist/$file" >"$gz/$n.gz"
	etag=$(sha256sum "$gz/$n.gz" | cut -c1-24)
	cat >>"$out_s" <<EOF
.balign 8
.global console_file_$n
console_file_$n:
.incbin "$gz/$n.gz"
.Lend_$n:
.balign 8
.global console_file_${n}_size
console_file_${n}_size:
.quad .Lend_$n - console_file_$n
EOF
	echo "extern const unsigned char console_file_$n[]; extern const size_t console_file_${n}_size;" >>"$decls"
	echo "        {\"$path\", \"$type\", console_file_$n, &console_file_${n}_size, \"\\\"$etag\\\"\"}," >>"$rows"
	n=$((n + 1))
done <"$list"
[ "$n" -gt 0 ] || { echo "embed.sh: $dist is empty" >&2 && exit 1; }
echo '.section .note.GNU-stack,"",@progbits' >>"$out_s"
{
	echo '/* Made by web/tools/embed.sh from the built console. */'
	echo '#include "net/server.h"'
	echo
	cat "$decls"
	echo
	echo 'extern const struct file_row console_files[];'
	echo 'extern const size_t console_files_n;'
	echo 'const struct file_row console_files[] = {'
	cat "$rows"
	echo '};'
	echo 'const size_t console_files_n = sizeof console_files / sizeof *console_files;'
} >"$out_c"
rm -f "$rows" "$decls" "$list"
