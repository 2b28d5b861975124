#include "bench/feed.h"

#include "app/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS 64

/* What customers of a live broadcast write: short, in Chinese, with an order number now and then. */
static const char *const phrases[] = {
        "在吗，这件还有货吗",
        "昨天拍的外套什么时候能发货呀，比较着急",
        "可以换个颜色吗？想要米白色的 M 码",
        "我的订单 37253458792011234 一直没有物流，麻烦看一下",
        "主播说的满减在哪里领？我没找到入口",
        "收到了，质量很好，谢谢",
        "尺码偏大还是偏小？我 165 / 52kg",
        "我想退货，吊牌没有拆，运费谁出",
};

void feed_init(struct feed *f, struct arena *a, struct world *w, struct peer *p, const struct child *server, size_t customers)
{
        *f = (struct feed){.world = w, .peer = p, .server = server, .customers = customers, .n_kf = w->n_kf};
        f->host = arena_printf(a, "127.0.0.1:%u", server->port);
        arena_init(&f->scratch, 0);
}

void feed_release(struct feed *f)
{
        arena_release(&f->scratch);
}

static struct bytes say_one(void *arg, size_t i)
{
        struct feed *f = arg;
        size_t kf, customer, number = atomic_load(&f->said);
        char text[256];

        (void)i;
        arena_clear(&f->scratch);
        kf = f->first_kf + number % f->n_kf;
        /* Spread, and the same in every run: customers of an account take turns in an order that looks like none. */
        customer = kf * f->customers + (number / f->n_kf * 7919) % f->customers;
        snprintf(text, sizeof(text), "%s #%zu#", phrases[number % countof(phrases)], number);
        if (f->said_us && number < f->room)
                atomic_store(&f->said_us[number], clock_mono_us());
        peer_say(f->peer, kf, customer, text);
        atomic_store(&f->said, number + 1);
        return world_notice(&f->scratch, f->world, f->notices++, kf, f->host, clock_wall_ms() / 1000);
}

int feed_run(struct feed *f, struct arena *a, double rate, int64_t us, struct load_result *out)
{
        struct load load = {.port = f->server->port, .connections = CONNECTIONS, .n = SIZE_MAX, .make = say_one, .arg = f,
                            .rate = rate, .us = us};
        int r = load_run(a, &load, out);

        if (!r && (out->refused || out->broken))
                say("%llu notices refused, %llu broken", (unsigned long long)out->refused, (unsigned long long)out->broken);
        return r;
}

int64_t feed_number(const char **text)
{
        for (const char *at = *text; (at = strchr(at, '#')); at++) {
                char *end;
                long long n = strtoll(at + 1, &end, 10);

                if (end > at + 1 && *end == '#') {
                        *text = end + 1;
                        return n;
                }
        }
        return -1;
}

struct count {
        int64_t n;
};

static int count_messages(struct ctx *ctx, void *arg)
{
        static const struct db_col cols[] = {DB_COL_I(struct count, n)};
        static const struct query q = {
                .name = "bench.messages",
                .sql = "select count(*) as n from inbox_message where direction = 'in' and merchant_id > $1",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct count),
        };

        return status_fold(db_one(ctx, &q, arg, DB_I(0)));
}

int feed_stored(struct bench *b, const char *const *settings, int64_t *messages)
{
        struct count count;
        int r = world_ask(b, settings, count_messages, &count);

        *messages = count.n;
        return r;
}
