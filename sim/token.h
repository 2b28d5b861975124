/*
 * Access tokens. WeCom gives the same token until it expires; api.weixin gives a new one at each call of cgi-bin/token
 * and lets the previous one live five minutes; its "stable" family keeps one until it is forced.
 */
#ifndef SIM_TOKEN_H
#define SIM_TOKEN_H

#include "sim/map.h"
#include "sim/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct sim;
struct shop;
struct mp;
struct wecom_app;

#define TOKEN_LIFE_S 7200
#define TOKEN_ACCOUNTS 8
#define TOKEN_OVERLAP_MS (5 * 60 * INT64_C(1000))

struct token {
        const char *text;
        struct shop *shop; /* one of the three: whose it is */
        struct mp *mp;
        struct wecom_app *app; /* of the corp */
        int64_t expires;   /* ms */
        bool revoked;      /* made invalid before its time */
};

struct tokens {
        struct map by_text;
        VEC(struct token *) all;
        struct { /* newest of each family, by the account's place: shops first, then official accounts and programs */
                struct token *plain, *stable;
                int64_t forced; /* when the stable one was forced last, ms */
        } of[TOKEN_ACCOUNTS];
};

/* `stable`: of the stable family. `fresh`: a new one even if the last is still good. */
struct token *token_give(struct sim *, struct shop *, bool stable, bool fresh);
struct token *token_give_app(struct sim *, struct wecom_app *);
struct token *token_give_mp(struct sim *, struct mp *, bool stable, bool fresh);
/* 0, or the platform's errcode for this token in the family of the shop (weixin) or corp. */
int token_check(struct sim *, bool wecom, const char *text, struct token **);
/* Misbehaviour: every token is invalid (or past its time) from now on. */
void token_revoke_all(struct sim *, bool as_expired);

#endif
