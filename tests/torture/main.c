/* Command line, the order of things, and the report. */
#include "base/failpoint.h"
#include "base/text.h"
#include "torture/torture.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAIN_MS 120000 /* without progress */
#define WARM_MS 1000
#define BACK_MAX_MS 3000 /* an official account's push is tried three times 5 s and never again */

FILE *progress;
static int json_out;
static struct cast cast;

void give_up(const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        vfprintf(progress, fmt, ap);
        va_end(ap);
        fputc('\n', progress);
        exit(2);
}

void pause_ms(int64_t ms)
{
        const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

        nanosleep(&t, NULL);
}

static const char usage[] =
        "run.sh --kills N [--db sqlite|postgres] [--processes N] [--seed N] [--json]\n"
        "       [--failpoint NAME|random|mixed|all]  where: a moment like any other, a place of base/failpoint.h,\n"
        "                                            both in turn (mixed, the default), N at each place (all)\n"
        "       [--mode kill|faults|disk|clock|restart] [--seconds N] [--rate N] [--plant loss|double|swap]\n"
        "       [--keep]\n";

static bool read_options(int argc, char **argv, struct options *o)
{
        static const struct option longs[] = {
                {"mode", 1, NULL, 'm'},      {"db", 1, NULL, 'd'},      {"failpoint", 1, NULL, 'f'}, {"plant", 1, NULL, 'p'},
                {"restart", 1, NULL, 'r'},   {"disk", 1, NULL, 'D'},    {"kills", 1, NULL, 'k'},     {"processes", 1, NULL, 'n'},
                {"seed", 1, NULL, 's'},      {"rate", 1, NULL, 'R'},    {"seconds", 1, NULL, 'S'},   {"json", 0, NULL, 'j'},
                {"keep", 0, NULL, 'K'},      {0},
        };
        bool bad = false;
        int c;

        *o = (struct options){.mode = "kill", .db = "sqlite", .failpoint = "mixed", .kills = 20, .processes = 1, .seed = 1,
                              .seconds = 5};
        while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
                switch (c) {
                case 'm': o->mode = optarg; break;
                case 'd': o->db = optarg; break;
                case 'f': o->failpoint = optarg; break;
                case 'p': o->plant = optarg; break;
                case 'r': o->restart = optarg; break;
                case 'D': o->disk = optarg; break;
                case 'k': bad |= text_to_int(optarg, 0, KILLS_MAX / FAIL_N, &o->kills) != 0; break;
                case 'n': bad |= text_to_int(optarg, 1, SERVERS_MAX, &o->processes) != 0; break;
                case 's': bad |= text_to_int(optarg, 1, INT32_MAX, &o->seed) != 0; break;
                case 'R': bad |= text_to_int(optarg, 1, 30000, &o->rate) != 0; break;
                case 'S': bad |= text_to_int(optarg, 1, 86400, &o->seconds) != 0; break;
                case 'j': o->json = true; break;
                case 'K': o->keep = true; break;
                default: bad = true;
                }
        }
        /* PostgreSQL on two cores takes a thousand a second in, and less through to the threads: short runs work that off at the
         * end, long ones keep to what goes through. */
        if (!o->rate)
                o->rate = text_eq(o->db, "sqlite") ? 1250 : text_eq(o->failpoint, "random") ? 1050 : 300;
        if (o->processes > 1 && text_eq(o->db, "sqlite"))
                bad = true; /* a file has one server */
        bad |= optind != argc || (o->plant && strcmp(o->plant, "loss") && strcmp(o->plant, "double") && strcmp(o->plant, "swap"));
        bad |= failpoint_arm(o->failpoint) && strcmp(o->failpoint, "random") && strcmp(o->failpoint, "mixed") &&
               strcmp(o->failpoint, "all");
        return !bad && !failpoint_arm("none");
}

/* ---- the report ---- */

/* How long after each death somebody acknowledged again. */
static int64_t measure_acks(struct cast *c, const struct truth *t)
{
        int64_t max = 0;
        size_t i = 0;

        for (size_t d = 0; d < c->n_deaths; d++) {
                /* What the dead one had answered may still be on its way to the simulator. */
                while (i < t->n_acks && t->ack_at[i] <= c->death[d].at + 20)
                        i++;
                if (i < t->n_acks)
                        c->death[d].ack_ms = t->ack_at[i] - c->death[d].at;
                max = c->death[d].ack_ms > max ? c->death[d].ack_ms : max;
        }
        return max;
}

static void print_table(const struct cast *c)
{
        const char *causes[FAIL_N + 1];
        size_t n = 0;

        for (int i = 1; i < FAIL_N; i++)
                causes[n++] = failpoint_name((enum failpoint)i);
        causes[n++] = "random";
        causes[n++] = "nobody";
        fprintf(progress, "  %-20s %6s %14s %18s\n", "killed at", "kills", "ready ms, max", "first ack ms, max");
        for (size_t i = 0; i < n; i++) {
                int64_t kills = 0, ready = 0, ack = 0;

                for (size_t d = 0; d < c->n_deaths; d++) {
                        const struct death *death = &c->death[d];

                        if (strcmp(death->cause, causes[i]))
                                continue;
                        kills++;
                        ready = death->ready_ms > ready ? death->ready_ms : ready;
                        ack = death->ack_ms > ack ? death->ack_ms : ack;
                }
                if (kills)
                        fprintf(progress, "  %-20s %6lld %14lld %18lld\n", causes[i], (long long)kills, (long long)ready,
                                (long long)ack);
        }
}

static int report(const struct options *o, const struct load *l, const struct truth *t, const struct verdict *v, int64_t back)
{
        int64_t ms = l->ended > l->began ? l->ended - l->began : 1, rate = l->said * 1000 / ms;
        bool good = !v->lost && !v->doubled && !v->stuck && !v->swapped && !cast.unexpected && back <= BACK_MAX_MS;

        print_table(&cast);
        fprintf(progress,
                "%s: %zu kills, %lld messages (%lld/s), %lld callbacks acknowledged, %lld replies, %lld cases:"
                " %lld lost, %lld doubled, %lld swapped, %lld stuck; first acknowledgement after at most %lld ms\n",
                good ? "ok" : "FAILED", cast.n_deaths, (long long)v->messages, (long long)rate, (long long)v->acked,
                (long long)v->replies, (long long)v->cases, (long long)v->lost, (long long)v->doubled,
                (long long)v->swapped, (long long)v->stuck, (long long)back);
        if (o->json)
                dprintf(json_out,
                        "{\"kills\":%zu,\"acked\":%lld,\"lost\":%lld,\"doubled\":%lld,\"stuck\":%lld,\"swapped\":%lld,"
                        "\"messages\":%lld,\"messages_per_s\":%lld,\"replies\":%lld,\"undelivered\":%lld,\"cases\":%lld,"
                        "\"agreed\":%zu,\"gave_up\":%zu,\"unexpected\":%zu,\"first_ack_ms\":%lld,\"mode\":\"%s\","
                        "\"db\":\"%s\",\"processes\":%lld,\"seed\":%lld}\n",
                        cast.n_deaths, (long long)v->acked, (long long)v->lost, (long long)v->doubled, (long long)v->stuck,
                        (long long)v->swapped, (long long)v->messages, (long long)rate, (long long)v->replies,
                        (long long)v->undelivered, (long long)v->cases, t->agreed.n, t->gave_up, cast.unexpected,
                        (long long)back, o->mode, text_eq(o->db, "sqlite") ? "sqlite" : "postgres",
                        (long long)o->processes, (long long)o->seed);
        return good ? 0 : 1;
}

/* ---- the order of things ---- */

static void (*play_of(const char *mode))(struct load *)
{
        static const struct {
                const char *mode;
                void (*play)(struct load *);
        } rows[] = {{"clock", play_clock}, {"disk", play_disk}, {"faults", play_faults}, {"kill", play_kills}, {"restart", play_restart}};

        for (size_t i = 0; i < countof(rows); i++)
                if (!strcmp(rows[i].mode, mode))
                        return rows[i].play;
        return NULL;
}

int main(int argc, char **argv)
{
        static struct truth truth;
        static struct load load;
        struct verdict verdict;
        struct options o;
        int64_t back;
        int r;

        progress = fdopen(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10), "w");
        json_out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
        setvbuf(progress, NULL, _IOLBF, 0);
        signal(SIGPIPE, SIG_IGN);
        if (!read_options(argc, argv, &o) || !play_of(o.mode)) {
                fputs(usage, progress);
                return 2;
        }
        fprintf(progress, "torture: mode %s, %s, %lld process(es), seed %lld, %lld messages/s\n", o.mode,
                text_eq(o.db, "sqlite") ? "sqlite" : "postgres", (long long)o.processes, (long long)o.seed, (long long)o.rate);
        cast_start(&cast, &o);
        truth_start(&truth, cast.world.url);
        load_start(&load, &cast, &truth);
        pause_ms(WARM_MS);
        play_of(o.mode)(&load);
        load_stop(&load);
        if (!cast_wait_ready(&cast, 30000) || !load_drain(&load, DRAIN_MS))
                fprintf(progress, "  it did not come to rest: no progress for %d s\n", DRAIN_MS / 1000);
        truth_stop(&truth);
        cast_stop(&cast);
        back = measure_acks(&cast, &truth);
        if (o.plant)
                plant(&cast, &truth, o.plant);
        check(&cast, &truth, &load, &verdict);
        r = report(&o, &load, &truth, &verdict, back);
        cast_release(&cast);
        return r;
}
