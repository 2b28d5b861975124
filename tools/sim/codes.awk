# Cuts error codes out of the platform's notes: FILE CODE, a line each. Of errors.md the first column, ranges spelled out up to
# forty codes; of the api.weixin notes every number of five to nine digits that stands alone (what is none is said in
# tests/fidelity/codes.txt).
function put(code) { if (!seen[code]++) print file "\t" code }

FNR == 1 { file = FILENAME; sub(/.*\//, "", file) }

file == "errors.md" && /^\| *-?[0-9]/ {
        split($0, cell, "|")
        gsub(/–/, "-", cell[2])
        n = split(cell[2], part, /[,\/]/)
        for (i = 1; i <= n; i++) {
                gsub(/ /, "", part[i])
                if (split(part[i], ends, "-") == 2 && ends[1] != "" && ends[2] - ends[1] <= 40)
                        for (k = ends[1] + 0; k <= ends[2] + 0; k++) put(k)
                else
                        put(part[i])
        }
}

file ~ /^(channels-|official-account|miniprogram)/ {
        rest = $0
        while (match(rest, /[0-9]+/)) {
                number = substr(rest, RSTART, RLENGTH)
                before = substr(rest, 1, RSTART - 1)
                rest = substr(rest, RSTART + RLENGTH)
                if (RLENGTH >= 5 && RLENGTH <= 9 && before !~ /[A-Za-z0-9_.\/-]$/ && rest !~ /^[A-Za-z_]/) put(number)
        }
}
