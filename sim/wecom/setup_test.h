/* For the tests of WeCom's endpoints: a corp with tokens of its three applications, and people. */
#ifndef SIM_WECOM_SETUP_TEST_H
#define SIM_WECOM_SETUP_TEST_H

#include "sim/call_test.h"
#include "sim/picture.h"
#include "sim/wecom/wecom.h"

#define W "/wecom/cgi-bin"
#define X W "/externalcontact"
#define T "?access_token=$TOKEN"

static inline void take_tokens(void)
{
        static const char *const names[] = {"TOKEN", "NOTICE", "SYNC"};
        for (size_t i = 0; i < countof(names); i++) {
                test_let("S", wecom_of(&test_sim)->apps.v[i]->secret);
                test_let(names[i], test_member(test_call("GET", W "/gettoken?corpid=$CORP&corpsecret=$S", NULL), "access_token"));
        }
        test_let("MEDIA", media_keep(&test_sim, "image/png", bytes_of_text("picture"))->id);
}

static inline void pass_ms(const char *ms)
{
        test_let("MS", ms);
        test_call("POST", "/sim/clock", "{\"push_ms\":$MS}");
        take_tokens();
}

static inline void set(const char *name, const char *value)
{
        assert_int_equal(switch_set(&test_sim, name, value), 0);
}

/* A deed of the admin API that must succeed; its answer. */
static inline const char *deed(const char *path, const char *body)
{
        const char *answer = test_call("POST", path, body);
        if (!test_member(answer, "ok") || strcmp(test_member(answer, "ok"), "true"))
                fail_msg("%s %s: %s", path, body, answer);
        return answer;
}

/* What the ledger says was told last. */
static inline void told(const char *event)
{
        const struct ledger_row *row = NULL;
        for (uint64_t seq = test_sim.ledger.next; --seq && !row;) {
                row = ring_row(&test_sim.ledger, seq);
                if (!row || strcmp(row->what, "event"))
                        row = NULL;
        }
        assert_non_null(row);
        assert_string_equal(row->detail, event);
}

static inline int start(void **state)
{
        int r = crypt_init();

        (void)state;
        r = r ? r : test_start("empty");
        if (r)
                return r;
        test_let("CORP", test_sim.world.corp.corp_id);
        test_let("KF", test_sim.world.corp.kf[0]->open_kfid);
        take_tokens();
        test_let("HER", world_person(&test_sim, "甲")->external_userid);
        test_let("HIM", world_person(&test_sim, "乙")->external_userid);
        test_let("UNION", test_sim.world.people.v[0]->unionid);
        return 0;
}

static inline int stop(void **state)
{
        (void)state;
        test_stop();
        return 0;
}

#endif
