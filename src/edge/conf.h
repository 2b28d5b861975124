/* The server's settings: one table, one struct. */
#ifndef EDGE_CONF_H
#define EDGE_CONF_H

#include "base/setting.h"

struct conf {
        const char *listen;
        const char *data;
        const char *db;
        int64_t workers;
        int64_t job_threads, urgent_threads;
        int64_t ledger_queue, ledger_days, backup_days, disk_free_mb;
        int64_t balance_low_yuan, callback_silent_hours;
        const char *wecom_base, *weixin_base, *login_base;
        const char *public_url; /* "" = not told */
        const char *proxy, *ca_file;
        const char *tls_cert, *tls_key;
        const char *clock, *log_level;
        bool dev, loopback_only;
        const char *contract_log;
        const char *failpoint; /* armed by conf_read() */
        const char *simulator;
        int64_t control_fd;
};

extern const struct setting_table conf_table;

/* Default, file (--config), environment, flags, in this order. `argc`/`argv` keep the operands. Prints the refusal and
 * returns false, or fills *conf. */
bool conf_read(struct arena *, int *argc, char **argv, struct conf *);

#endif
