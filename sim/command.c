#include "sim/command.h"

#include <string.h>

#define CUSTOMERS_MAX 100000
#define START_MAX INT64_C(4102444800000) /* 2100 */

const char command_help[] =
        "zhanggui-sim plays the platform: WeCom, shops, official accounts, mini programs, and their callbacks.\n"
        "\n"
        "  --listen ADDR:PORT         where it listens; 127.0.0.1:0, any free port, when not given\n"
        "  --listen-weixin ADDR:PORT  second port, whose /cgi-bin/ is that of api.weixin.qq.com; any free port when not\n"
        "                             given. On the first one /cgi-bin/ is WeCom's, unless the Host header names a host\n"
        "  --tls                      both ports speak TLS; the ready line names the file of its certificate authority\n"
        "  --seed N                   one seed tells one story; 1\n"
        "  --population demo|empty    who is there at the start; demo\n"
        "  --customers N              people of the demo population, at most 100000; 120\n"
        "  --fresh                    nothing is connected yet: see docs/simulator.md, \"A fresh account\"\n"
        "  --day SHOP                 play a day of this shop (1, 2, its appid or name) from now on: see docs/simulator.md\n"
        "  --orders N                 that day's orders; 300\n"
        "  --speed N                  so many times as fast: the day begins so long ago that it ends on time; 1\n"
        "  --clock real|manual        manual: time moves only by POST /sim/clock; real\n"
        "  --start MS                 the clock's first moment, ms since 1970; now\n"
        "  --scenario FILE            play it when ready, and print how it went, a line of JSON; see docs/simulator.md\n"
        "  --server URL               play it with this server, too: what an agent does there, what it must show\n"
        "  --login NAME:PASSWORD      at that server\n"
        "  --attach URL               be no simulator, play the scenario with the one at URL\n"
        "  --once                     end after the scenario: 0 passed, 1 failed, 2 it cannot be read\n"
        "  --list-sentences           print what a scenario may say, and end\n"
        "  --record FILE              append every call with its answer and every push, a line of JSON each\n"
        "  --any-target               push to other hosts than this machine\n"
        "  --list-endpoints           print what it plays, and end\n"
        "  --help                     print this, and end\n"
        "\n"
        "When it is ready it prints one line of JSON. Everything in it is made up. See docs/simulator.md.\n";

struct option_row {
        const char *name;
        bool value;
        const char *(*set)(struct command *, const char *value); /* NULL, or what the value should be */
};

static const char *number(const char *text, int64_t max, int64_t *out)
{
        return text_to_int(text, 0, max, out) ? "a whole number, not too large" : NULL;
}

static const char *set_listen(struct command *cmd, const char *value)
{
        cmd->listen = value;
        return strchr(value, ':') ? NULL : "ADDR:PORT, as 127.0.0.1:7800";
}

static const char *set_listen_also(struct command *cmd, const char *value)
{
        cmd->listen_also = value;
        return strchr(value, ':') ? NULL : "ADDR:PORT, as 127.0.0.1:7801";
}

static const char *set_tls(struct command *cmd, const char *value)
{
        (void)value;
        cmd->tls = true;
        return NULL;
}

static const char *set_seed(struct command *cmd, const char *value)
{
        int64_t n = 0;
        const char *why = number(value, INT64_MAX, &n);
        cmd->sim.seed = (uint64_t)n;
        return why;
}

static const char *set_population(struct command *cmd, const char *value)
{
        cmd->sim.population = value;
        return text_eq(value, "demo") || text_eq(value, "empty") ? NULL : "demo or empty";
}

static const char *set_customers(struct command *cmd, const char *value)
{
        int64_t n = 0;
        const char *why = number(value, CUSTOMERS_MAX, &n);
        cmd->sim.customers = (unsigned)n;
        return why ? "a number from 0 to 100000" : NULL;
}

static const char *set_fresh(struct command *cmd, const char *value)
{
        (void)value;
        cmd->sim.fresh = true;
        return NULL;
}

static const char *set_day(struct command *cmd, const char *value)
{
        cmd->sim.day = value;
        return NULL;
}

static const char *set_orders(struct command *cmd, const char *value)
{
        return text_to_int(value, 1, DAY_ORDERS_MAX, &cmd->sim.day_orders) ? "a number from 1 to 1000000" : NULL;
}

static const char *set_speed(struct command *cmd, const char *value)
{
        return text_to_int(value, 1, 100000, &cmd->sim.day_speed) ? "a number from 1 to 100000" : NULL;
}

static const char *set_clock(struct command *cmd, const char *value)
{
        cmd->sim.manual_clock = text_eq(value, "manual");
        return cmd->sim.manual_clock || text_eq(value, "real") ? NULL : "real or manual";
}

static const char *set_start(struct command *cmd, const char *value)
{
        return number(value, START_MAX, &cmd->sim.start_ms) ? "milliseconds since 1970, before the year 2100" : NULL;
}

static const char *set_record(struct command *cmd, const char *value)
{
        cmd->sim.record = value;
        return NULL;
}

static const char *set_scenario(struct command *cmd, const char *value)
{
        cmd->play.file = value;
        return NULL;
}

static const char *url(const char *value, const char **to)
{
        *to = value;
        return text_starts(value, "http://") || text_starts(value, "https://") ? NULL : "http://ADDR:PORT";
}

static const char *set_server(struct command *cmd, const char *value)
{
        return url(value, &cmd->play.server);
}

static const char *set_attach(struct command *cmd, const char *value)
{
        return url(value, &cmd->play.simulator);
}

static const char *set_login(struct command *cmd, const char *value)
{
        cmd->play.login = value;
        return strchr(value, ':') ? NULL : "NAME:PASSWORD";
}

static const char *set_once(struct command *cmd, const char *value)
{
        (void)value;
        cmd->once = true;
        return NULL;
}

static const char *set_grammar(struct command *cmd, const char *value)
{
        (void)value;
        cmd->grammar = true;
        return NULL;
}

static const char *set_any_target(struct command *cmd, const char *value)
{
        (void)value;
        cmd->any_target = true;
        return NULL;
}

static const char *set_list(struct command *cmd, const char *value)
{
        (void)value;
        cmd->list = true;
        return NULL;
}

static const char *set_help(struct command *cmd, const char *value)
{
        (void)value;
        cmd->help = true;
        return NULL;
}

static const struct option_row rows[] = {
        {"--listen", true, set_listen},
        {"--listen-weixin", true, set_listen_also},
        {"--tls", false, set_tls},
        {"--seed", true, set_seed},
        {"--population", true, set_population},
        {"--customers", true, set_customers},
        {"--fresh", false, set_fresh},
        {"--day", true, set_day},
        {"--orders", true, set_orders},
        {"--speed", true, set_speed},
        {"--clock", true, set_clock},
        {"--start", true, set_start},
        {"--scenario", true, set_scenario},
        {"--server", true, set_server},
        {"--login", true, set_login},
        {"--attach", true, set_attach},
        {"--once", false, set_once},
        {"--list-sentences", false, set_grammar},
        {"--record", true, set_record},
        {"--any-target", false, set_any_target},
        {"--list-endpoints", false, set_list},
        {"--help", false, set_help},
        {"-h", false, set_help},
};

/* "--name value" and "--name=value" are the same. */
static const char *read_one(struct arena *arena, char **argv, int *at, struct command *cmd)
{
        const char *arg = argv[*at], *eq = strchr(arg, '=');
        size_t n = eq ? (size_t)(eq - arg) : strlen(arg);

        for (size_t i = 0; i < countof(rows); i++) {
                const struct option_row *row = &rows[i];
                if (strlen(row->name) != n || strncmp(row->name, arg, n))
                        continue;
                const char *value = eq ? eq + 1 : row->value ? argv[*at + 1] : NULL;
                if (row->value != (value != NULL))
                        return arena_printf(arena, row->value ? "%s wants a value" : "%s takes no value", row->name);
                *at += row->value && !eq ? 2 : 1;
                const char *want = row->set(cmd, value);
                return want ? arena_printf(arena, "%s \"%s\": it should be %s", row->name, value, want) : NULL;
        }
        return arena_printf(arena, "there is no \"%s\"", arg);
}

const char *command_read(struct arena *arena, int argc, char **argv, struct command *cmd)
{
        const char *why = NULL;

        *cmd = (struct command){.listen = "127.0.0.1:0", .sim = {.seed = 1, .customers = 120, .population = "demo", .day_orders = 300, .day_speed = 1}};
        for (int at = 1; at < argc && !why;)
                why = read_one(arena, argv, &at, cmd);
        if (!why && !cmd->play.file && (cmd->play.simulator || cmd->play.server || cmd->once))
                why = "--attach, --server and --once want a --scenario";
        if (cmd->sim.day && !cmd->sim.manual_clock)
                cmd->sim.behind_ms = DAY_MS - DAY_MS / cmd->sim.day_speed;
        if (!why && !cmd->listen_also) {
                size_t n = (size_t)(strrchr(cmd->listen, ':') - cmd->listen);
                cmd->listen_also = arena_printf(arena, "%.*s:0", (int)n, cmd->listen);
        }
        return why;
}
