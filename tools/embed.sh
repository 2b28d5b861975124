#!/bin/sh
# embed.sh SYMBOL FILE OUT.S: makes an assembler file that puts FILE's bytes, with a NUL behind, into read-only data as
# `const char SYMBOL[]` and `const size_t SYMBOL_size`.
set -eu
symbol=$1 file=$(realpath "$2") out=$3
cat > "$out" <<EOF
.section .rodata
.balign 8
.global $symbol
$symbol:
.incbin "$file"
.Lend_$symbol:
.byte 0
.balign 8
.global ${symbol}_size
${symbol}_size:
.quad .Lend_$symbol - $symbol
.section .note.GNU-stack,"",@progbits
EOF
