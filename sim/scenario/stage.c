/* Sentences about the play itself: its title, its acts, what is switched, and time. */
#include "sim/scenario/play.h"

static const char *title(struct play *p, const char *const arg[ARGS_MAX])
{
        p->title = arg[0];
        return NULL;
}

static const char *act(struct play *p, const char *const arg[ARGS_MAX])
{
        if (!text_eq(arg[0], "client") && !text_eq(arg[0], "server"))
                return "an act is of the client or of the server";
        p->act = text_eq(arg[0], "client") ? ACT_CLIENT : ACT_SERVER;
        return NULL;
}

/* Nothing to be looked at: the rest is all. */
static const char *at_rest(struct play *p, const char *const arg[ARGS_MAX])
{
        (void)p, (void)arg;
        return NULL;
}

static const char *rest(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, at_rest, arg);
}

static int64_t number(const char *text)
{
        static const char *const words[] = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};
        int64_t n = 1; /* "a", "an" */

        for (size_t i = 0; i < countof(words); i++)
                if (text_eq(text, words[i]))
                        return (int64_t)i + 1;
        return text_to_int(text, 0, 100000, &n) ? 1 : n;
}

static const char *seconds(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_pass(p, number(arg[0]) * 1000);
}

static const char *minutes(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_pass(p, number(arg[0]) * 60 * 1000);
}

static const char *hours(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_pass(p, number(arg[0]) * 3600 * 1000);
}

static const char *days(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_pass(p, number(arg[0]) * 24 * 3600 * 1000);
}

static const char *its_member(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *value = play_answer(p, arg[0]);

        if (!value)
                return play_why(p, "the answer has no %s: %s", arg[0], p->answer.body);
        play_name(p, arg[1], value);
        return NULL;
}

static const char *set_all(struct play *p, const char *const names[], size_t n, const char *value)
{
        const char *why = NULL;

        for (size_t i = 0; !why && i < n; i++)
                why = play_sim(p, "POST", "/sim/switch", play_why(p, "{\"name\":\"%s\",\"value\":\"%s\"}", names[i], value));
        return why;
}

static const char *pushes_as_it_should(struct play *p, const char *const arg[ARGS_MAX])
{
        static const char *const names[] = {"bad_signature", "delay_ms", "drop", "duplicate", "reorder"};

        (void)arg;
        return set_all(p, names, countof(names), "0");
}

#define SWITCH(name, value) .path = "/sim/switch", .body = "{\"name\":\"" name "\",\"value\":\"" value "\"}"
static const struct sentence rows[] = {
        {"scenario TEXT", "the title", title},
        {"act WORD", "client: left out when a server is attached; server: without one", act},
        {"switch WORD is WORD", "a switch of the simulator", .path = "/sim/switch", .body = "{\"name\":%1,\"value\":%2}"},
        {"switch WORD is TEXT", "the same, also with \"\" for off", .path = "/sim/switch", .body = "{\"name\":%1,\"value\":%2}"},
        {"platform pushes everything twice", "from now on", SWITCH("duplicate", "1")},
        {"platform pushes nothing", "what happens is not told; who polls finds it", SWITCH("drop", "100")},
        {"platform pushes with wrong signatures", "", SWITCH("bad_signature", "100")},
        {"platform pushes out of order", "up to a second and a half late", SWITCH("reorder", "1")},
        {"platform pushes as it should", "again", pushes_as_it_should},
        {"tokens are revoked", "every access token is invalid from now on", .path = "/sim/tokens", .body = "{\"how\":\"revoke\"}"},
        {"simulator does PATH with JSON", "any deed of the admin API", .path = "$1", .body = "$2"},
        {"its WORD is called NEW", "a member of the last answer gets a name", its_member},
        {"everything rests", "nothing is under way any more, here and at the server", rest},
        {"NUMBER seconds pass", "a, an, one ... ten, or digits", seconds},
        {"NUMBER minutes pass", "", minutes},
        {"NUMBER hours pass", "", hours},
        {"NUMBER days pass", "", days},
        {"NUMBER second passes", "", seconds},
        {"NUMBER minute passes", "", minutes},
        {"NUMBER hour passes", "", hours},
        {"NUMBER day passes", "", days},
};

const struct sentence_table sentences_stage = {"The stage", rows, countof(rows)};
