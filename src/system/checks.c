/* Checks of the installation: its disk, its queues, its certificate, its backups. All local. */
#include "system/checks.h"

#include "base/crypt.h"
#include "edge/edge.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define GB (1LL << 30)
#define DAY_MS (24 * 3600 * 1000LL)

static int ok(struct check_result *out, const char *zh, const char *en)
{
        return check_say(out, CHECK_OK, zh, en, NULL, NULL);
}

static const char *digits(struct ctx *ctx, int64_t n)
{
        return arena_printf(ctx->arena, "%lld", (long long)n);
}

/* Nobody can tell from inside whether the outside reaches us, but whoever was called can. */
static int address(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        int64_t *merchants, last = 0;
        struct shops_account *accounts;
        size_t n, n_accounts = 0, all = 0;
        int r = shops_merchants(ctx, &merchants, &n);

        (void)of, (void)shared;
        for (size_t i = 0; !r && i < n; i++) {
                ctx->merchant = merchants[i];
                r = shops_account_list(ctx, &accounts, &n_accounts);
                all += n_accounts;
                for (size_t j = 0; !r && j < n_accounts; j++) {
                        if (accounts[j].last_callback_at > last)
                                last = accounts[j].last_callback_at;
                        if (accounts[j].url_checked_at > last)
                                last = accounts[j].url_checked_at;
                }
        }
        ctx->merchant = 0;
        if (r)
                return r < 0 ? r : status_fold(r);
        if (!all)
                return ok(out, "还没有接入账号。", "No account is connected yet.");
        if (!last)
                return check_say(out, CHECK_UNKNOWN, "平台还没有访问过这台服务器。", "The platform has not called this server yet.",
                                 "在平台的回调配置页保存一次，平台会立刻来访问；不来就检查域名、端口和防火墙。",
                                 "Save the callback page at the platform once: it calls at once. If it does not, check name, port and firewall.");
        check_fact(ctx, out, "age_s", digits(ctx, (ctx->now - last) / 1000));
        return ok(out, "平台能访问到这台服务器。", "The platform reaches this server.");
}

static int backup_age(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        const struct conf *conf = ctx->app->conf;
        int64_t newest = 0, begun = 0, now = clock_wall_ms();
        const char *folder = arena_printf(ctx->arena, "%s/backups", conf->data);
        struct dirent *e;
        struct stat st;
        DIR *dir;

        (void)of, (void)shared;
        if (ctx->app->postgres)
                return ok(out, "PostgreSQL 的备份由数据库自己负责。", "On PostgreSQL backups are the database's own matter.");
        if (conf->backup_days == 0)
                return check_say(out, ctx->app->demo ? CHECK_OK : CHECK_WARN, "每日备份已关闭（backup-days = 0）。",
                                 "Daily backups are switched off (backup-days = 0).", "把设置 backup-days 改回 7，或用 zhanggui backup 另行备份。",
                                 "Set backup-days to 7, or make backups with zhanggui backup.");
        if (!stat(arena_printf(ctx->arena, "%s/keys", conf->data), &st))
                begun = (int64_t)st.st_mtime * 1000;
        dir = opendir(folder);
        while (dir && (e = readdir(dir)))
                if (e->d_name[0] != '.' && !stat(arena_printf(ctx->arena, "%s/%s", folder, e->d_name), &st) &&
                    (int64_t)st.st_mtime * 1000 > newest)
                        newest = (int64_t)st.st_mtime * 1000;
        if (dir)
                closedir(dir);
        if (!newest && now - begun < 2 * DAY_MS)
                return ok(out, "安装不满两天，第一份备份今夜生成。", "Installed less than two days ago: the first backup is made tonight.");
        if (newest)
                check_fact(ctx, out, "age_s", digits(ctx, (now - newest) / 1000));
        if (now - newest > 2 * DAY_MS)
                return check_say(out, CHECK_FAIL,
                                 newest ? arena_printf(ctx->arena, "最近一份备份是 %lld 天前的。", (long long)((now - newest) / DAY_MS))
                                        : "一份备份也没有。",
                                 newest ? arena_printf(ctx->arena, "The newest backup is %lld days old.", (long long)((now - newest) / DAY_MS))
                                        : "There is no backup.",
                                 "看日志里 backup 的报错（多半是磁盘满）；现在可手动备份：zhanggui backup 文件名。",
                                 "See why in the log (often a full disk); make one now: zhanggui backup FILE.");
        return ok(out, "有两天之内的备份。", "There is a backup of the last two days.");
}

/* Told by a write that reaches the disk: the keeping of these very findings. What fails there is said by the command and
 * the log; what can be seen before is a folder that cannot be written. */
static int database(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        const char *data = ctx->app->conf->data, *file = arena_printf(ctx->arena, "%s/zhanggui.db", data);
        bool writable = !access(data, W_OK) && (ctx->app->postgres || !access(file, W_OK));

        (void)of, (void)shared;
        check_fact(ctx, out, "data", data);
        if (!writable)
                return check_say(out, CHECK_FAIL, "数据目录或数据库文件不可写。", "The data folder or the database file is not writable.",
                                 arena_printf(ctx->arena, "把 %s 及其中文件的属主改回运行掌柜的用户，并确认磁盘不是只读挂载。", data),
                                 arena_printf(ctx->arena, "Give %s and its files back to the user that runs Zhanggui, and see that the disk is not mounted read-only.", data));
        return ok(out, "数据库可写。", "The database is writable.");
}

static int disk(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        const char *data = ctx->app->conf->data;
        struct statvfs fs;
        int64_t left, all;
        enum check_level level;

        (void)shared;
        if (statvfs(data, &fs))
                return check_say(out, CHECK_UNKNOWN, "读不到磁盘余量。", "The free space cannot be read.", NULL, NULL);
        left = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
        all = (int64_t)fs.f_blocks * (int64_t)fs.f_frsize;
        check_fact(ctx, out, "free_bytes", digits(ctx, left));
        level = left < all / 50 && left < GB ? CHECK_FAIL : left < of->limit << 20 ? CHECK_WARN : CHECK_OK;
        if (level == CHECK_OK)
                return ok(out, "磁盘够用。", "There is disk space.");
        return check_say(out, level, arena_printf(ctx->arena, "数据所在的磁盘只剩 %.1f GB。", (double)left / (double)GB),
                         arena_printf(ctx->arena, "Only %.1f GB are left on the disk of the data.", (double)left / (double)GB),
                         "清理或扩大磁盘；也可以减少 ledger-days 与 backup-days。",
                         "Free or add space; ledger-days and backup-days may be lowered, too.");
}

static int intake(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct ledger_stats stats = {0};

        (void)of, (void)shared;
        if (ctx->app->ledger)
                ledger_stats(ctx->app->ledger, &stats);
        check_fact(ctx, out, "failed", digits(ctx, stats.failed));
        check_fact(ctx, out, "waiting", digits(ctx, stats.waiting));
        if (stats.failed)
                return check_say(out, CHECK_FAIL, arena_printf(ctx->arena, "有 %lld 条收到的回调没能处理。", (long long)stats.failed),
                                 arena_printf(ctx->arena, "%lld callbacks were taken and could not be applied.", (long long)stats.failed),
                                 "在“运行”页查看原因并重放；原文都还在。", "See why on the health page and replay them: they are kept as they came.");
        if (stats.waiting > 10000)
                return check_say(out, CHECK_WARN, "收到的回调积压了一万条以上。", "Over ten thousand callbacks wait to be applied.",
                                 "多半是磁盘慢或机器太忙，看“运行”页的积压是否在减少。", "The disk is slow or the machine busy: see on the health page whether it shrinks.");
        return ok(out, "收到的回调都已处理。", "Callbacks are applied.");
}

static int counts(struct ctx *ctx, int64_t *dead, int64_t *waiting, const char **worst)
{
        struct job_count *rows;
        int64_t most = 0;
        size_t n;
        int r = job_counts(ctx, &rows, &n);

        *dead = *waiting = 0;
        for (size_t i = 0; !r && i < n; i++) {
                *dead += rows[i].dead;
                *waiting += rows[i].waiting;
                if (rows[i].dead > most) {
                        most = rows[i].dead;
                        *worst = rows[i].kind;
                }
        }
        return r;
}

static int jobs_dead(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        const char *worst = NULL;
        int64_t dead, waiting;
        int r = counts(ctx, &dead, &waiting, &worst);

        (void)of, (void)shared;
        if (r)
                return r;
        check_fact(ctx, out, "dead", digits(ctx, dead));
        if (!dead)
                return ok(out, "没有被放弃的任务。", "No job was given up.");
        check_fact(ctx, out, "kind", worst);
        return check_say(out, CHECK_FAIL, arena_printf(ctx->arena, "有 %lld 个任务试了多次仍失败，被放弃了（最多的是 %s）。", (long long)dead, worst),
                         arena_printf(ctx->arena, "%lld jobs were given up after many tries (most: %s).", (long long)dead, worst),
                         "在“运行”页看最后的原因，处理后点“再试一次”。", "See the last cause on the health page, deal with it and retry them.");
}

static int jobs_waiting(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        const char *worst;
        int64_t dead, waiting;
        int r = counts(ctx, &dead, &waiting, &worst);

        (void)of, (void)shared;
        if (r)
                return r;
        check_fact(ctx, out, "waiting", digits(ctx, waiting));
        if (waiting < 50000)
                return ok(out, "任务没有积压。", "Jobs do not pile up.");
        return check_say(out, CHECK_WARN, arena_printf(ctx->arena, "有 %lld 个任务在等。", (long long)waiting),
                         arena_printf(ctx->arena, "%lld jobs wait.", (long long)waiting), "若持续增长，调大 job-threads，并看各账号的调用额度。",
                         "If it grows, raise job-threads and look at the accounts' budgets.");
}

static int tls(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        const char *file = ctx->app->conf->tls_cert;
        int64_t until, left;

        (void)of, (void)shared;
        if (text_empty(file))
                return ok(out, "HTTPS 由前面的反向代理负责。", "HTTPS is the reverse proxy's matter.");
        if (crypt_certificate_until(file, &until))
                return check_say(out, CHECK_FAIL, "TLS 证书文件读不出来。", "The TLS certificate file cannot be read.",
                                 arena_printf(ctx->arena, "检查 %s 是否为 PEM 证书。", file), arena_printf(ctx->arena, "Check that %s is a PEM certificate.", file));
        left = until - clock_wall_ms() / 1000;
        check_fact(ctx, out, "left_s", digits(ctx, left));
        if (left <= 0)
                return check_say(out, CHECK_FAIL, "TLS 证书已过期，平台不会再回调。", "The TLS certificate has expired: the platform does not call any more.",
                                 "更换证书后重启掌柜。", "Replace the certificate and restart Zhanggui.");
        if (left < 14 * 86400)
                return check_say(out, CHECK_WARN, arena_printf(ctx->arena, "TLS 证书 %lld 天后过期。", (long long)(left / 86400)),
                                 arena_printf(ctx->arena, "The TLS certificate expires in %lld days.", (long long)(left / 86400)),
                                 "现在就更换证书，然后重启掌柜。", "Replace it now and restart Zhanggui.");
        return ok(out, "TLS 证书有效。", "The TLS certificate is valid.");
}

const struct check system_checks[8] = {
        {"address", NULL, "外网可达", "reachable from outside", false, address, NULL},
        {"backup_age", NULL, "备份", "backups", false, backup_age, NULL},
        {"database", NULL, "数据库", "database", false, database, NULL},
        {"disk", NULL, "磁盘", "disk", false, disk, NULL, "disk-free-mb"},
        {"intake", NULL, "回调处理", "callbacks applied", false, intake, NULL},
        {"jobs_dead", NULL, "放弃的任务", "jobs given up", false, jobs_dead, NULL},
        {"jobs_waiting", NULL, "任务积压", "jobs waiting", false, jobs_waiting, NULL},
        {"tls", NULL, "TLS 证书", "TLS certificate", false, tls, NULL},
};
