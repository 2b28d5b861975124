/* doctor: what is wrong, and what to do about it; for people, and for monitoring. */
#include "cli/commands.h"

#include "base/args.h"
#include "doctor/doctor.h"

#include <stdio.h>
#include <string.h>

static int collect(struct ctx *ctx, void *arg)
{
        struct doctor_report *all = arg, one;
        int64_t *merchants;
        size_t n;
        int r = shops_merchants(ctx, &merchants, &n);

        *all = (struct doctor_report){.healthy = true};
        for (size_t i = 0; !r && (i < n || i == 0); i++) {
                ctx->merchant = n ? merchants[i] : 0;
                r = doctor_report(ctx, &one);
                if (r)
                        break;
                all->checks = arena_grow(ctx->arena, all->checks ? all->checks : arena_alloc(ctx->arena, 0),
                                         all->n * sizeof(*all->checks), (all->n + one.n) * sizeof(*all->checks));
                for (size_t j = 0; j < one.n; j++) {
                        const struct doctor_finding *f = &one.checks[j];

                        if (i && !f->merchant_id)
                                continue; /* the installation's are in each */
                        all->checks[all->n++] = *f;
                        all->ok += text_eq(f->level, "ok");
                        all->unknown += text_eq(f->level, "unknown");
                        all->warn += text_eq(f->level, "warn");
                        all->fail += text_eq(f->level, "fail");
                }
                all->at = one.at > all->at ? one.at : all->at;
        }
        all->healthy = !all->warn && !all->fail;
        return r;
}

int answer_doctor(struct app *app, struct arena *a, struct bytes in, const char **out)
{
        struct doctor_report report;
        int r = doctor_round(app, 0, true);

        (void)in;
        if (!r)
                r = edge_transact(app, a, 0, DB_READ, collect, &report);
        if (!r)
                *out = json_write(a, &doctor_report_desc, &report);
        return r;
}

static void print_one(const struct doctor_finding *f)
{
        static const struct { const char *level, *sign; } signs[] = {
                {"fail", "✗ fail"}, {"warn", "! warn"}, {"unknown", "? unknown"}, {"ok", "✓ ok"}};
        const char *sign = f->level;

        for (size_t i = 0; i < countof(signs); i++)
                if (text_eq(signs[i].level, f->level))
                        sign = signs[i].sign;
        printf("%-11s %s%s%s%s\n", sign, f->name, f->account ? " (" : "", f->account ? f->account : "", f->account ? ")" : "");
        if (text_eq(f->level, "ok"))
                return;
        printf("            %s\n            %s\n", f->zh, f->en);
        if (f->fix_zh)
                printf("          → %s\n          → %s\n", f->fix_zh, f->fix_en ? f->fix_en : "");
}

/* As monitoring programs read it: 0 well, 1 warnings, 2 something fails. */
static int status_of(const struct doctor_report *report)
{
        return report->fail ? 2 : report->warn ? 1 : 0;
}

/* Data that cannot be opened are a finding, too, and the only one then. */
static void unopened(struct arena *a, const char *data, struct doctor_report *out)
{
        struct doctor_finding *f = arena_new(a, struct doctor_finding);

        *f = (struct doctor_finding){
                .name = "system.database", .level = "fail", .what_zh = "数据库", .what_en = "database", .at = clock_wall_ms(),
                .since = clock_wall_ms(), .zh = arena_printf(a, "%s 里的数据打不开，或正在运行的服务没有应答。", data),
                .en = arena_printf(a, "The data in %s cannot be opened, or the server that works there gives no answer.", data),
                .fix_zh = "看标准错误里的最后一行 fatal：多半是磁盘满、目录权限不对、--data 指错了，或另一个程序锁住了数据库。",
                .fix_en = "See the last \"fatal\" line on standard error: most often a full disk, wrong rights, another --data, or a program that locks the file."};
        *out = (struct doctor_report){.fail = 1, .at = f->at, .checks = f, .n = 1};
}

int cmd_doctor(int argc, char **argv)
{
        bool json = args_switch(&argc, argv, "--json");
        struct doctor_report report;
        const char *answer;
        struct arena a;
        struct conf conf;
        int r;

        arena_init(&a, 0);
        if (!conf_read(&a, &argc, argv, &conf) || argc) {
                if (argc)
                        fprintf(stderr, "zhanggui doctor: unexpected \"%s\"; see zhanggui doctor --help\n", argv[0]);
                arena_release(&a);
                return 3;
        }
        r = control_ask(cli_answers, &conf, &a, "{\"command\":\"doctor\"}", &answer);
        if (!r && json_read(&a, bytes_of_text(answer), &doctor_report_desc, JSON_LENIENT, &report, NULL))
                r = fatal(EPROTO, "the doctor's answer is not understood");
        if (r)
                unopened(&a, conf.data, &report);
        if (json) {
                printf("%s\n", json_write(&a, &doctor_report_desc, &report));
        } else {
                for (size_t i = 0; i < report.n; i++)
                        print_one(&report.checks[i]);
                printf("\n%lld ok, %lld unknown, %lld warn, %lld fail\n", (long long)report.ok, (long long)report.unknown,
                       (long long)report.warn, (long long)report.fail);
        }
        r = status_of(&report);
        arena_release(&a);
        return r;
}
