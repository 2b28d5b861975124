# Cuts endpoints and events out of the platform notes. Prints one line each, tab-separated:
#   endpoint  group  method|-  host  path  file
#   event     group  -         host  name  file
#
# What makes a name an endpoint, in the order tried on each line:
#   1. a path from the root in back-quotes: `GET /cgi-bin/token?...`; names in back-quotes after it, up to the end of the
#      sentence, are its siblings when they begin with "/", or when the path ends in "/" (a base)
#   2. the first cell of a table whose head says API, Path or Name
#   3. in the WeCom notes: a heading "## 5. sync_msg (94670)"; a name before " {", " (GET", " ->", or after GET/POST
# `a|b|c` and {a,b} stand for several names. What stands after an arrow is an answer, not an endpoint.

function family(file)
{
        group = 0; host = "api.weixin.qq.com"; prefix = ""; loose = 0; wanted = ""
        if (file ~ /^wecom-|^errors/) { group = 1; host = "qyapi.weixin.qq.com"; loose = 1 }
        if (file ~ /^channels-/) { group = 2; prefix = "/channels/ec/" }
        if (file ~ /^(official-account|miniprogram)/) group = 3
        if (file ~ /^wechat-pay/) host = "api.mch.weixin.qq.com"
        if (file ~ /^imports/) host = "openapi.jushuitan.com"
        if (file ~ /^wecom-kf/) prefix = "/cgi-bin/kf/"
        if (file ~ /^wecom-contact/) prefix = "/cgi-bin/externalcontact/"
        if (file ~ /^wecom-misc/) prefix = "/cgi-bin/"
        if (file ~ /^channels-aftersale/) prefix = "/channels/ec/aftersale/"
        base0 = prefix
}

function emit(kind, method, h, name)
{
        key = kind SUBSEP h SUBSEP name
        if (!(key in seen)) {
                seen[key] = ++n
                line[n] = kind "\t" group "\t%s\t" h "\t" name "\t" file
        }
        if (method != "" && !(key in verb))
                verb[key] = method
}

# One path, with a|b|c and {a,b} opened.
function path(method, h, p,    i, k, part, dir, head, tail, alt, m)
{
        sub(/[?#].*/, "", p); sub(/[ ,;:.]+$/, "", p)
        if (match(p, /\{[a-z_,]+\}/)) {
                head = substr(p, 1, RSTART - 1); tail = substr(p, RSTART + RLENGTH)
                m = split(substr(p, RSTART + 1, RLENGTH - 2), alt, ",")
                for (i = 1; i <= m; i++) path(method, h, head alt[i] tail)
                return
        }
        if (p ~ /\|/) {
                # listing|x/y: the alternatives stand for the last part of the first; a tail after the last one that has a
                # slash belongs to all when the first part has none of it (shop/h5url|taglink|qrcode/get).
                k = split(p, part, "|")
                dir = part[1]; sub(/[^\/]*$/, "", dir)
                tail = ""
                if (k > 2 && part[k] ~ /\/get$/ && part[1] ~ /url$/) { tail = "/get"; sub(/\/get$/, "", part[k]) }
                path(method, h, part[1] tail)
                for (i = 2; i <= k; i++) path(method, h, dir part[i] tail)
                return
        }
        if (p ~ /\/$/ || p !~ /^\/[A-Za-z0-9_.*\/-]+$/)
                return
        last = p
        emit("endpoint", method, h, p)
}

function rooted(p) { return p ~ /^\/(cgi-bin|channels|shop|sns|wxa|wxaapi|datacube|customservice|v3|open|openWeb|mmpaymkttransfers)\// }

# The names of a first cell: "servicer/add, servicer/del", "`get`", "user/get (GET)".
function cell(text, pre,    i, k, item, name, method, dir)
{
        method = ""
        gsub(/\*\*/, "", text)
        if (text ~ /GET\/POST/) method = "POST"
        else if (text ~ /\(GET\)|^ *`?GET /) method = "GET"
        else if (text ~ /\(POST\)|POST /) method = "POST"
        if (sub(/\(externalcontact\/\)/, "", text)) pre = base0
        while (match(text, /\{[a-z_]+(,[a-z_]+)+\}/)) {   # keep the commas of {a,b} from splitting
                name = substr(text, RSTART, RLENGTH); gsub(/,/, "\001", name)
                text = substr(text, 1, RSTART - 1) name substr(text, RSTART + RLENGTH)
                sub(/\{/, "\002", text); sub(/\}/, "\003", text)
        }
        gsub(/\([^)]*\)/, "", text)
        sub(/(→|->).*/, "", text)
        k = split(text, item, /,| \/ |;/)
        dir = ""
        for (i = 1; i <= k; i++) {
                name = item[i]
                gsub(/\001/, ",", name); gsub(/\002/, "{", name); gsub(/\003/, "}", name)
                gsub(/`/, "", name); sub(/(GET\/POST|GET|POST) /, "", name); gsub(/^ +| +$/, "", name)
                if (name ~ /^get\/add\/edit\/del_strategy_tag/) { path(method, host, pre "get_strategy_tag_list"); path(method, host, pre "{add,edit,del}_strategy_tag"); continue }
                sub(/[ {][^,]*\{.*/, "", name)
                if (rooted(name)) path(method, host, name)
                else if (name ~ /^\// && last != "") { sub(/[^\/]*$/, "", last); path(method, host, last substr(name, 2)) }
                else if (name ~ /^[a-z][a-z0-9_]*([\/|{,}][A-Za-z0-9_|{},\/]+)*\/?\*?$/) {
                        if (name ~ /\//) { path(method, host, pre name); dir = last; sub(/[^\/]*$/, "", dir) }
                        else if (dir != "" && (loose || file ~ /^channels-order/) && pre !~ /customer_acquisition/) path(method, host, dir name)
                        else path(method, host, pre name)
                }
        }
}

# Everything else of a line.
function prose(text,    i, plus, rest, token, method, p, h, before, after, sibling)
{
        rest = text; base = ""; sibling = ""
        while (match(rest, /`[^`]+`/)) {
                before = substr(rest, 1, RSTART - 1)
                token = substr(rest, RSTART + 1, RLENGTH - 2)
                rest = substr(rest, RSTART + RLENGTH); after = rest
                if (before ~ /\.( |$)/ && before !~ /\.\.\./) { base = ""; sibling = "" }
                answer = before ~ /(→|->)[^;.]*$/ || (answer && before !~ /[;.]/)
                method = ""
                if (match(token, /^(GET|POST|GET\/POST) /)) { method = substr(token, 1, RLENGTH - 1); token = substr(token, RLENGTH + 1) }
                else if (before ~ /GET $/) method = "GET"
                else if (before ~ /POST $/) method = "POST"
                if (method == "GET/POST") method = "POST"
                if (token ~ /^https:\/\/(open|mp|login\.work|open\.work)\.weixin\.qq\.com\/(connect|wwlogin|wwopen\/sso|cgi-bin)\//) {
                        h = token; sub(/^https:\/\//, "", h); p = h; sub(/\/.*/, "", h); sub(/^[^\/]*/, "", p)
                        sub(/\[.*/, "", p)
                        path("GET", h, p)
                        continue
                }
                p = token
                sub(/[ <].*/, "", p)
                if (method != "" || !(p ~ /\{[a-z_]+(,[a-z_]+)+\}[a-z_]*$/)) sub(/\{.*/, "", p)
                sub(/[?].*/, "", p)
                if (rooted(p)) {
                        if (p ~ /\/$/) { base = p; answer = 0; continue }
                        sibling = p; sub(/\|.*/, "", sibling); sub(/[^\/]*$/, "", sibling)
                        path(method, host, p)
                        siblings_bare = loose ? 0 : rest ~ /^, `[a-z]/ || rest ~ /^ ?\{[^}]*\}?`?, `/
                        continue
                }
                if (answer && method == "") continue
                if (p ~ /^\/[a-z_]+$/ && sibling != "") { path(method, host, sibling substr(p, 2)); continue }
                if (p ~ /^\/[a-z]+\/[a-z|_\/]+$/ && (i = index(last, substr(p, 1, index(substr(p, 2), "/") + 1)))) { path(method, host, substr(last, 1, i - 1) p); continue }
                if (p ~ /^\.\.\.[a-z]/ && last ~ /getweanalysisappid/) { path(method, host, "/datacube/getweanalysisappid" substr(p, 4)); continue }
                if (p !~ /^[a-z][a-z0-9_]*([\/|][a-z0-9_*|\/]+|\{[a-z_,]+\}[a-z_]*)*$/ && p !~ /^[a-z]+\/\{[a-z_,]+\}_[a-z]+$/) continue
                if (before ~ /\(\+[^)]*$/) { plus = 1; continue }
                if (plus && before !~ /\)/) continue
                plus = 0
                if (base != "") { path(method, host, base p); continue }
                if (sibling != "" && siblings_bare && token !~ /^(template_id|name|expires_in|ticket)$/ && before ~ /^(,| and|: )/ ) {
                        path(method, host, sibling p); continue
                }
                if (loose && method == "" && p !~ /\// && p !~ /_/) continue
                if (method != "" && (loose || group == 2)) { path(method, host, base0 p); continue }
                if (loose && text ~ /^Paths /) { path("", host, base0 p); continue }
                if (loose && (after ~ /^ \{/ || after ~ /^ \((\*\*)?GET/ || after ~ /^ (→|->)/ || after ~ /^( limit| start\/end| \(limit|, `get_)/ || token ~ /[ {]/) && p ~ /[_\/]/ && p !~ /^(kf|open)_/) {
                        path(after ~ /^ \((\*\*)?GET/ ? "GET" : "", host, base0 p); continue
                }
                if (group == 2 && p ~ /\// && (p ~ /^(order|funds|basics|category|product|wecom|merchant|logistics|supplier|qic)\//))
                        path("", host, (p ~ /^supplier\/(get|list)/ ? "/channels/ec/order/dropship/" : "/channels/ec/") p)
                else if (group == 2 && p ~ /^[a-z]+$/ && after ~ /^(: `| `\{)/ && file ~ /aftersale/ && p !~ /^(details|status|type|deadline)$/)
                        path("", host, base0 p)
        }
}

# Names without back-quotes, in the WeCom notes' denser paragraphs.
function dense(text,    rest, name, method, dir)
{
        rest = text; dir = ""
        if (text ~ /`/ || text ~ /^\|/ || text ~ /^(Limits|Rules|Facts|Staff|Response|conclusions|attachments|external_contact|follow_user|add_way)/)
                if (text !~ /^Group chats made by the app/) return
        if (text ~ /^customer_strategy/) { dir = base0 "customer_strategy/"; sub(/^[^:]*:/, "", rest); sub(/moment_strategy.*/, "", rest) }
        while (match(rest, /[a-z][a-z_]*(\/[a-z_]+)* ?(\{|\((\*\*)?GET)|; [a-z_]+\.|, (update|get|send)/)) {
                name = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
                method = name ~ /GET/ ? "GET" : ""
                gsub(/^[;,] |[ {(*.,]+(\*\*)?(GET)?$/, "", name); gsub(/[ {(*]+/, "", name)
                if (name ~ /\//) { path(method, host, base0 name); dir = last; sub(/[^\/]*$/, "", dir) }
                else if (dir != "") path(method, host, dir name)
                else if (name ~ /_(rule|rule_list|album|album_list|data)$/ && name !~ /extra/) path(method, host, base0 name)
                match(rest, /^[^}]*\}/); if (RSTART) rest = substr(rest, RLENGTH + 1)
        }
}

# ---- events: first cells of tables whose head says Event, ChangeType or event_type; MsgTypes are no events ----
function event_cell(text,    i, k, item, name)
{
        gsub(/`/, "", text); gsub(/\([^)]*\)/, "", text)
        k = split(text, item, /,| \/ | \.\.\. /)
        for (i = 1; i <= k; i++) {
                name = item[i]; gsub(/^ +| +$/, "", name)
                if (name ~ /^_[a-z_]+$/) { emit("event", "", host, scope stem name); continue }
                if (name ~ /^[A-Za-z][A-Za-z0-9_*]+$/) {
                        emit("event", "", host, scope name)
                        stem = name; sub(/_[a-z]+$/, "", stem)
                }
        }
}

# Events named in running text: event `x`, Events `a`, `b`, push `x`, Receive: `x`.
function named_events(text,    name)
{
        if (group < 2 || file ~ /^official/ && text !~ /^\|/) return
        while (match(text, /([Ee]vents?|push|Receive:)( \|)? `[a-z_]+`(, `[a-z_]+`)*/)) {
                name = substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH)
                sub(/^[^`]*/, "", name)
                if (name ~ /_/ && name !~ /is_|_info|ext_info`/) event_cell(name)
        }
}

FNR == 1 { file = FILENAME; sub(/.*\//, "", file); family(file); table = ""; scope = "" }
file ~ /^(README|errors|shop-score)/ { next }
/^#/ {
        table = ""; scope = ""
        prefix = base0
        if (file ~ /^wecom-callback/ && match($0, /`Event=[a-z_]+`/)) scope = substr($0, RSTART + 7, RLENGTH - 8) "/"
        if (file ~ /^wecom-kf/ && /event bodies/) scope = "sync_msg/"
        if (loose && match($0, /^#+ [0-9.]+ [a-z]+_[a-z_]+ \([0-9]+\)/)) {
                name = $0; sub(/^#+ [0-9.]+ /, "", name); sub(/ .*/, "", name)
                path("POST", host, base0 name)
        }
        if (file !~ /^wecom-callback/) prose($0)
        named_events($0)
        if (file ~ /^imports/) host = /2\.1/ ? "openapi.jushuitan.com" : /Enterprise/ ? "api.wangdian.cn" : /Flagship/ ? "wdt.wangdian.cn" : /2\.3/ ? "gw.superboss.cc" : host
        if (file ~ /^sms/) { host = /^## 1/ ? "sms.tencentcloudapi.com" : /^## 2/ ? "dysmsapi.aliyuncs.com" : host; if (/ SendSms$/) emit("endpoint", "POST", host, "SendSms") }
        next
}
file ~ /^wecom-callback/ {
        if (match($0, /`Event=[a-z_]+`/)) scope = substr($0, RSTART + 7, RLENGTH - 8) "/"
        if (/^`Event=change_external_(chat|tag)`|^### 10\.4/ || /^ChangeType `create_user/) {
                text = $0; sub(/.*ChangeType /, "", text); gsub(/\|/, " ", text); gsub(/`/, "", text)
                sub(/[.;].*/, "", text); sub(/ User nodes.*/, "", text)
                if (text ~ /^create/) { gsub(/ +/, ",", text); event_cell(text) }
        }
        if (/^### 10\.1/) scope = ""
        if (/<Event><!\[CDATA\[kf_msg_or_event/ && !/9\.3/ && FNR > 150) { s = scope; scope = ""; event_cell("kf_msg_or_event"); scope = s }
        if (/^`kf_account_auth_change`/) { s = scope; scope = ""; event_cell("kf_account_auth_change"); scope = s }
        if (/^subscribe\/unsubscribe, enter_agent/) {
                scope = ""; text = $0; sub(/\. Messages:.*/, "", text); gsub(/\([^)]*\)/, "", text); gsub(/\//, ",", text); event_cell(text)
        }
}
/^\|---/ { next }
file ~ /^sms/ { text = $0; while (match(text, /`[A-Z][A-Za-z]*Sms[A-Za-z]*|^\| [A-Z][A-Za-z]*(Sms|Details)[A-Za-z]*/)) { name = substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH); gsub(/[`| ]/, "", name); if (name !~ /^(SmsSend|TotalSms)/) emit("endpoint", "POST", host, name) } next }
file ~ /^imports/ && /^\| (\*\*)?`[a-z][A-Za-z_]*\.[A-Za-z.0-9_]+`/ { name = $0; gsub(/^\| \**`/, "", name); sub(/`.*/, "", name); emit("endpoint", "POST", host, name); next }
/^\|/ { named_events($0) }
/^\|/ {
        row = $0; sub(/^\| */, "", row)
        cut1 = row; sub(/ *\| .*/, "", cut1); sub(/ *\|$/, "", cut1)
        # A "|" inside back-quotes is no column.
        if (cut1 ~ /^[^`]*`[^`]*$/ || gsub(/`/, "`", cut1) % 2) { cut1 = row; match(cut1, /^`[^`]*`/); cut1 = substr(cut1, 1, RLENGTH) }
        if (table == "") {
                table = "other"
                if (cut1 ~ /^(API|Path|Name)( |$)/) {
                        table = "calls"
                        if (match(cut1, /`\/[^`]*`/)) { prefix = substr(cut1, RSTART + 1, RLENGTH - 2); sub(/\.\.\.$/, "", prefix) }
                        else if (match(cut1, /\([a-z_]+\//)) prefix = base0 substr(cut1, RSTART + 1, RLENGTH - 1)
                        else prefix = base0
                        if (file ~ /^imports/ && cut1 ~ /^Name/) table = "other"
                }
                if (table == "other" && row ~ /`(GET|POST) \/cgi-bin/) prose(row)
                if (cut1 ~ /^(Event|ChangeType|event_type)( |$)/) table = "events"
                if (file ~ /^wecom-auth/ && /entry/) table = "none"
                next
        }
        if (table == "calls") {
                text = cut1
                if (text ~ /getupstreammsg\(/) { path("POST", host, prefix "getupstreammsg"); text = "getupstreammsghour, getupstreammsgweek, getupstreammsgmonth, getupstreammsgdist, getupstreammsgdistweek, getupstreammsgdistmonth" }
                if (text ~ /getinterfacesummary\(/) text = "getinterfacesummary, getinterfacesummaryhour"
                cell(text, prefix)
                rest = substr(row, length(cut1) + 1)
                while (match(rest, /(then|or) `\/[a-z]+`/)) {
                        name = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH); gsub(/.*\/|`/, "", name)
                        text = last; sub(/[^\/]*$/, "", text); path("POST", host, text name)
                }
                if (file ~ /^wecom-misc/) { rest = row; while (match(rest, /; corpgroup\/[a-z]+ \(GET/)) { text = substr(rest, RSTART + 2, RLENGTH - 6) "(GET)"; rest = substr(rest, RSTART + RLENGTH); cell(text, prefix) } }
        } else if (table == "events") {
                event_cell(cut1)
        } else if (table == "other" && (cut1 == "Verb" || cut1 ~ /^(Template management|corp jsapi|app \(agent|create stock|start|give to|query|use notice|Token|POST|GET)/ || file ~ /^(wechat-pay|imports)/)) {
                prose(row)
        } else if (table == "other" && file ~ /^channels-order/ && /`(POST|GET)? ?\/cgi-bin/)
                prose(row)
        next
}
{ named_events($0) }
{ table = ""; if ($0 != "") { answer = 0; prose($0); if (loose) dense($0) } }

END {
        for (i = 1; i <= n; i++) order[i] = i
        for (key in seen) method[seen[key]] = (key in verb) ? verb[key] : "-"
        for (i = 1; i <= n; i++) printf line[i] "\n", method[i]
}
