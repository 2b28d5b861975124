#include "edge/conf.h"

#include "base/failpoint.h"

#include <stdio.h>
#include <string.h>

static const char *const clocks[] = {"real", "manual", NULL};
static const char *const levels[] = {"debug", "info", "warn", "error", NULL};

#define ROW(m, n, t, p, ...) {.name = (n), .type = (t), .at = offsetof(struct conf, m), .preset = (p), __VA_ARGS__}

static const struct setting rows[] = {
        ROW(backup_days, "backup-days", SETTING_INT, "7", .min = 0, .max = 3650, .unit = "days",
            .doc = "how many daily backups are kept in the folder backups of the data; 0 = none are made"),
        ROW(balance_low_yuan, "balance-low-yuan", SETTING_INT, "100", .min = 0, .max = 10000000, .unit = "yuan",
            .doc = "the doctor warns when less is available in a shop to refund from; 0 = never"),
        ROW(ca_file, "ca-file", SETTING_TEXT, "", .max = 4096, .doc = "extra CA certificates to trust when calling out (PEM)"),
        ROW(callback_silent_hours, "callback-silent-hours", SETTING_INT, "4", .min = 1, .max = 1000, .unit = "hours",
            .doc = "so many business hours (9 to 22 in China) without a callback of a corp or shop are a failure to the doctor"),
        ROW(clock, "clock", SETTING_CHOICE, "real", .choices = clocks, .doc = "manual: a test moves the clock (needs dev)"),
        ROW(contract_log, "contract-log", SETTING_TEXT, "", .max = 4096,
            .doc = "write each route that was exercised and each reply that does not fit to this file (needs dev)"),
        ROW(control_fd, "control-fd", SETTING_INT, "-1", .min = -1, .max = 1024, .doc = "the demo's own line to its server"),
        ROW(data, "data", SETTING_TEXT, "./data", .min = 1, .max = 4096, .doc = "folder of database, intake ledger and keys"),
        ROW(db, "db", SETTING_TEXT, "sqlite", .min = 1, .max = 1024,
            .doc = "sqlite: a file in the data folder; or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
        ROW(dev, "dev", SETTING_BOOL, "no", .doc = "allow what only tests and the demo need"),
        ROW(disk_free_mb, "disk-free-mb", SETTING_INT, "2048", .min = 0, .max = 1 << 30, .unit = "MB",
            .doc = "the doctor warns when less is free on the disk of the data"),
        ROW(failpoint, "failpoint", SETTING_TEXT, "", .max = 64,
            .doc = "NAME or NAME:nth of src/base/failpoint.h: the process kills itself there (needs dev)"),
        ROW(job_threads, "job-threads", SETTING_INT, "32", .min = 2, .max = 64, .unit = "threads",
            .doc = "how many remote calls may be under way at once"),
        ROW(ledger_days, "ledger-days", SETTING_INT, "30", .min = 0, .max = 3650, .unit = "days",
            .doc = "how long applied callbacks are kept as received; 0 = for ever"),
        ROW(ledger_queue, "ledger-queue", SETTING_INT, "8192", .min = 64, .max = 1000000, .unit = "entries",
            .doc = "callbacks waiting for the disk; above it the platform is asked to come again"),
        ROW(listen, "listen", SETTING_TEXT, "127.0.0.1:8080", .min = 3, .max = 128, .doc = "address:port of console and callbacks"),
        ROW(log_level, "log-level", SETTING_CHOICE, "info", .choices = levels, .doc = "least weight of the log lines written"),
        ROW(login_base, "login-base", SETTING_TEXT, "", .max = 512,
            .doc = "base address of the pages where members of WeCom sign in; empty: the platform's own hosts"),
        ROW(loopback_only, "loopback-only", SETTING_BOOL, "no", .doc = "call no address outside this machine"),
        ROW(proxy, "proxy", SETTING_TEXT, "", .max = 512, .doc = "outgoing proxy, http://host:port"),
        ROW(public_url, "public-url", SETTING_TEXT, "", .max = 300,
            .doc = "how the platform reaches this server: https://desk.example.com; for the addresses that connect prints"),
        ROW(simulator, "simulator", SETTING_TEXT, "", .max = 512, .doc = "base address of the demo's platform simulator"),
        ROW(tls_cert, "tls-cert", SETTING_TEXT, "", .max = 4096, .doc = "certificate chain (PEM) for HTTPS"),
        ROW(tls_key, "tls-key", SETTING_TEXT, "", .max = 4096, .doc = "private key (PEM) for HTTPS"),
        ROW(urgent_threads, "urgent-threads", SETTING_INT, "4", .min = 1, .max = 16, .unit = "threads",
            .doc = "job threads kept for urgent work (pulls, welcome messages)"),
        ROW(wecom_base, "wecom-base", SETTING_TEXT, "https://qyapi.weixin.qq.com", .min = 8, .max = 512,
            .doc = "base address of the WeCom API"),
        ROW(weixin_base, "weixin-base", SETTING_TEXT, "https://api.weixin.qq.com", .min = 8, .max = 512,
            .doc = "base address of the WeChat API (shops, official accounts)"),
        ROW(workers, "workers", SETTING_INT, "4", .min = 1, .max = 64, .unit = "threads", .doc = "threads that answer the console"),
};

const struct setting_table conf_table = {.env_prefix = "ZHANGGUI_", .rows = rows, .n = countof(rows)};

/* Takes "--config FILE" or "--config=FILE" out of argv; an empty text: no FILE follows. */
static const char *take_config(int *argc, char **argv)
{
        const char *file = NULL;
        int kept = 0;

        for (int i = 0; i < *argc; i++) {
                if (!strcmp(argv[i], "--config"))
                        file = i + 1 < *argc ? argv[++i] : "";
                else if (text_starts(argv[i], "--config="))
                        file = argv[i] + strlen("--config=");
                else
                        argv[kept++] = argv[i];
        }
        *argc = kept;
        return file;
}

/* Settings that contradict each other. */
static const char *contradiction(const struct conf *c)
{
        if (!c->dev && !strcmp(c->clock, "manual"))
                return "clock = manual needs dev = yes";
        if (strcmp(c->db, "sqlite") != 0 && !text_starts(c->db, "postgresql://") && !text_starts(c->db, "postgres://"))
                return "db is \"sqlite\", or postgresql://USER:PASSWORD@HOST:PORT/NAME";
        if (!c->dev && !text_empty(c->contract_log))
                return "contract-log needs dev = yes";
        if (!c->dev && !text_empty(c->failpoint))
                return "failpoint needs dev = yes";
        if (failpoint_arm(c->failpoint))
                return "failpoint names no place that there is; see src/base/failpoint.h";
        if (text_empty(c->tls_cert) != text_empty(c->tls_key))
                return "tls-cert and tls-key go together: give both or neither";
        if (c->urgent_threads >= c->job_threads)
                return "urgent-threads must be fewer than job-threads";
        return NULL;
}

bool conf_read(struct arena *a, int *argc, char **argv, struct conf *conf)
{
        const char *why = NULL, *file = take_config(argc, argv);

        *conf = (struct conf){0};
        if (file && !*file) {
                fprintf(stderr, "zhanggui: --config needs the name of a file\n");
                return false;
        }
        if (setting_defaults(a, &conf_table, conf, &why) ||
            (file && setting_read_file(a, &conf_table, file, conf, &why)) ||
            setting_read_env(a, &conf_table, conf, &why) ||
            setting_read_flags(a, &conf_table, argc, argv, conf, &why) || (why = contradiction(conf))) {
                fprintf(stderr, "zhanggui: %s\n", why ? why : "the settings cannot be read");
                return false;
        }
        return true;
}
