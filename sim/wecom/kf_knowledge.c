/* WeCom: the knowledge base of 微信客服 (wecom-kf.md 11). */
#include "sim/sim.h"
#include "sim/wecom/kf.h"

#define GROUPS_MAX 100
#define INTENTS_MAX 200
#define SIMILAR_MAX 100
#define ATTACHMENTS_MAX 4

static struct knowledge *group_by_id(struct sim *sim, const char *id)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->knowledge.n; i++)
                if (!w->knowledge.v[i]->deleted && text_eq(w->knowledge.v[i]->id, id))
                        return w->knowledge.v[i];
        return NULL;
}

static struct intent *intent_by_id(struct sim *sim, const char *id)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->knowledge.n; i++)
                for (size_t k = 0; k < w->knowledge.v[i]->intents.n; k++) {
                        struct intent *intent = w->knowledge.v[i]->intents.v[k];
                        if (!w->knowledge.v[i]->deleted && !intent->deleted && text_eq(intent->id, id))
                                return intent;
                }
        return NULL;
}

/* ---- groups ---- */

static int check_name(struct request *rq, const struct knowledge *self)
{
        struct wecom *w = wecom_of(rq->sim);
        const char *name = rq_str(rq, "name");

        if (text_empty(name) || utf8_length(name) > 12)
                return refuse(rq, 40058, "name 应为 1..12 字（微信客服 §11）");
        for (size_t i = 0; i < w->knowledge.n; i++)
                if (w->knowledge.v[i] != self && !w->knowledge.v[i]->deleted && text_eq(w->knowledge.v[i]->name, name))
                        return refuse(rq, 40058, "已有同名分组");
        return 0;
}

static int add_group(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct wecom *w = wecom_of(sim);
        size_t n = 0;
        int r = check_name(rq, NULL);

        for (size_t i = 0; i < w->knowledge.n; i++)
                n += !w->knowledge.v[i]->deleted;
        if (!r && n >= GROUPS_MAX)
                r = refuse(rq, 40058, "分组至多 %d 个", GROUPS_MAX);
        if (r)
                return r;
        struct knowledge *group = arena_new(&sim->arena, struct knowledge);
        *group = (struct knowledge){.id = wecom_text(sim, "kg", 20), .name = arena_strdup(&sim->arena, rq_str(rq, "name"))};
        vec_push(&sim->arena, &w->knowledge, group);
        out_str(&rq->out, "group_id", group->id);
        return 0;
}

static int named_group(struct request *rq, struct knowledge **group)
{
        *group = group_by_id(rq->sim, rq_str(rq, "group_id"));
        return *group ? 0 : refuse(rq, 40058, "没有这个 group_id");
}

static int changeable(struct request *rq, struct knowledge **group)
{
        int r = named_group(rq, group);
        return !r && (*group)->first ? refuse(rq, 40058, "默认分组不能改、不能删（微信客服 §11）") : r;
}

static int del_group(struct request *rq)
{
        struct knowledge *group;
        int r = changeable(rq, &group);

        if (!r)
                group->deleted = true;
        return r;
}

static int mod_group(struct request *rq)
{
        struct knowledge *group;
        int r = changeable(rq, &group);

        r = r ? r : check_name(rq, group);
        if (!r)
                group->name = arena_strdup(&rq->sim->arena, rq_str(rq, "name"));
        return r;
}

static int list_group(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        const char *only = rq_str(rq, "group_id");
        struct page page;
        int r = page_begin(rq, "kf/knowledge/list_group", 500, 1000, &page);

        if (r)
                return r;
        out_list(&rq->out, "group_list");
        for (size_t n = 0; page.at < w->knowledge.n && n < page.limit; page.at++) {
                const struct knowledge *group = w->knowledge.v[page.at];
                if (group->deleted || (only && !text_eq(only, group->id)))
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "group_id", group->id);
                out_str(&rq->out, "name", group->name);
                out_int(&rq->out, "is_default", group->first);
                out_end(&rq->out);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, w->knowledge.n);
        out_int(&rq->out, "has_more", page.at < w->knowledge.n);
        return 0;
}

/* ---- intents ---- */

static int check_question(struct request *rq, const char *path)
{
        const char *content = rq_str(rq, arena_printf(rq->arena, "%s.text.content", path));
        return text_empty(content) || utf8_length(content) > 200
                       ? refuse(rq, 40058, "%s.text.content 应为 1..200 字（微信客服 §11）", path)
                       : 0;
}

static int check_answer(struct request *rq)
{
        const char *content = rq_str(rq, "answers.0.text.content");
        size_t n = rq_list(rq, "answers.0.attachments");

        if (rq_list(rq, "answers") != 1 || text_empty(content) || utf8_length(content) > 500)
                return refuse(rq, 40058, "answers 恰好 1 个，文本 1..500 字（微信客服 §11）");
        if (n > ATTACHMENTS_MAX)
                return refuse(rq, 40058, "附件至多 %d 个", ATTACHMENTS_MAX);
        for (size_t i = 0; i < n; i++) {
                const char *path = arena_printf(rq->arena, "answers.0.attachments.%zu", i);
                const char *type = rq_str(rq, arena_printf(rq->arena, "%s.msgtype", path));
                if (text_eq(type, "image") || text_eq(type, "video")) {
                        int r = media_check(rq, arena_printf(rq->arena, "%s.%s.media_id", path, type));
                        if (r)
                                return r;
                } else if (!text_eq(type, "link") && !text_eq(type, "miniprogram")) {
                        return refuse(rq, 40008, "附件类型 %s", type ? type : "(缺)");
                }
        }
        return 0;
}

/* Is the question asked anywhere else already? */
static bool is_asked(struct request *rq, const struct intent *self)
{
        struct wecom *w = wecom_of(rq->sim);
        const char *question = rq_str(rq, "question.text.content");

        for (size_t i = 0; i < w->knowledge.n; i++)
                for (size_t k = 0; k < w->knowledge.v[i]->intents.n; k++) {
                        const struct intent *intent = w->knowledge.v[i]->intents.v[k];
                        if (intent != self && !intent->deleted && !w->knowledge.v[i]->deleted &&
                            text_eq(question, json_get(rq->arena, bytes_of_text(intent->question), "text.content")))
                                return true;
                }
        return false;
}

/* The parts that are there; an intent is overwritten part by part. */
static int read_intent(struct request *rq, struct intent *intent)
{
        struct arena *keep = &rq->sim->arena;
        struct bytes body = raw_body(rq->raw);
        int r = rq_has(rq, "question") ? check_question(rq, "question") : 0;

        if (!r && rq_has(rq, "question") && is_asked(rq, intent))
                r = refuse(rq, 40058, "问题在别处已有（微信客服 §11）");
        size_t n = rq_list(rq, "similar_questions.items");
        if (!r && n > SIMILAR_MAX)
                r = refuse(rq, 40058, "相似问题至多 %d 个", SIMILAR_MAX);
        for (size_t i = 0; !r && i < n; i++)
                r = check_question(rq, arena_printf(rq->arena, "similar_questions.items.%zu", i));
        r = r ? r : rq_has(rq, "answers") ? check_answer(rq) : 0;
        if (r)
                return r;
        if (rq_has(rq, "question"))
                intent->question = arena_strdup(keep, json_get(rq->arena, body, "question"));
        if (n)
                intent->similar = arena_strdup(keep, json_get(rq->arena, body, "similar_questions"));
        if (rq_has(rq, "answers"))
                intent->answers = arena_strdup(keep, json_get(rq->arena, body, "answers"));
        return 0;
}

static int add_intent(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct knowledge *group;
        struct intent made = {0};
        size_t n = 0;
        int r = named_group(rq, &group);

        if (!r && (!rq_has(rq, "question") || !rq_has(rq, "answers")))
                r = refuse(rq, 40063, "要 question 和 answers");
        r = r ? r : read_intent(rq, &made);
        for (size_t i = 0; !r && i < group->intents.n; i++)
                n += !group->intents.v[i]->deleted;
        if (!r && n >= INTENTS_MAX)
                r = refuse(rq, 40058, "一个分组至多 %d 个问答", INTENTS_MAX);
        if (r)
                return r;
        struct intent *intent = arena_new(&sim->arena, struct intent);
        *intent = made;
        intent->group = group;
        intent->id = wecom_text(sim, "ki", 20);
        vec_push(&sim->arena, &group->intents, intent);
        out_str(&rq->out, "intent_id", intent->id);
        return 0;
}

static int named_intent(struct request *rq, struct intent **intent)
{
        *intent = intent_by_id(rq->sim, rq_str(rq, "intent_id"));
        return *intent ? 0 : refuse(rq, 40058, "没有这个 intent_id");
}

static int del_intent(struct request *rq)
{
        struct intent *intent;
        int r = named_intent(rq, &intent);

        if (!r)
                intent->deleted = true;
        return r;
}

static int mod_intent(struct request *rq)
{
        struct intent *intent;
        int r = named_intent(rq, &intent);
        return r ? r : read_intent(rq, intent);
}

/* Of pictures and films only the name comes back. */
static void write_attachments(struct request *rq, struct bytes answers)
{
        struct out *out = &rq->out;

        out_list(out, "attachments");
        for (size_t i = 0;; i++) {
                const char *at = arena_printf(rq->arena, "0.attachments.%zu", i);
                const char *type = json_get(rq->arena, answers, arena_printf(rq->arena, "%s.msgtype", at));
                if (!type)
                        break;
                const char *body = json_get(rq->arena, answers, arena_printf(rq->arena, "%s.%s", at, type));
                out_obj(out, NULL);
                out_str(out, "msgtype", type);
                if (text_eq(type, "image") || text_eq(type, "video"))
                        out_raw(out, type, text_eq(type, "image") ? "{\"name\":\"image.jpg\"}" : "{\"name\":\"video.mp4\"}");
                else
                        out_raw(out, type, body ? body : "{}");
                out_end(out);
        }
        out_end(out);
}

static void write_intent(struct request *rq, const struct intent *intent)
{
        struct bytes answers = bytes_of_text(intent->answers);
        const char *text = json_get(rq->arena, answers, "0.text");

        out_obj(&rq->out, NULL);
        out_str(&rq->out, "group_id", intent->group->id);
        out_str(&rq->out, "intent_id", intent->id);
        out_raw(&rq->out, "question", intent->question);
        out_raw(&rq->out, "similar_questions", intent->similar ? intent->similar : "{\"items\":[]}");
        out_list(&rq->out, "answers");
        out_obj(&rq->out, NULL);
        out_raw(&rq->out, "text", text ? text : "{}");
        write_attachments(rq, answers);
        out_end(&rq->out);
        out_end(&rq->out);
        out_end(&rq->out);
}

static int list_intent(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        const char *group_id = rq_str(rq, "group_id"), *intent_id = rq_str(rq, "intent_id");
        VEC(const struct intent *) all = {0};
        struct page page;
        int r = page_begin(rq, "kf/knowledge/list_intent", 100, 1000, &page);

        if (r)
                return r;
        for (size_t i = 0; i < w->knowledge.n; i++)
                for (size_t k = 0; k < w->knowledge.v[i]->intents.n; k++) {
                        const struct intent *intent = w->knowledge.v[i]->intents.v[k];
                        if (!intent->deleted && !intent->group->deleted &&
                            (!group_id || text_eq(group_id, intent->group->id)) &&
                            (!intent_id || text_eq(intent_id, intent->id)))
                                vec_push(rq->arena, &all, intent);
                }
        out_list(&rq->out, "intent_list");
        for (size_t n = 0; page.at < all.n && n < page.limit; n++)
                write_intent(rq, all.v[page.at++]);
        out_end(&rq->out);
        page_end(rq, &page, all.n);
        out_int(&rq->out, "has_more", page.at < all.n);
        return 0;
}

#define PARTS "question:o similar_questions:o answers:l"
static const struct endpoint endpoints[] = {
        {"/cgi-bin/kf/knowledge/add_group", "POST", FAMILY_WECOM, BASE_RATE, 0, add_group, "name:s!"},
        {"/cgi-bin/kf/knowledge/add_intent", "POST", FAMILY_WECOM, BASE_RATE, 0, add_intent, "group_id:s! " PARTS},
        {"/cgi-bin/kf/knowledge/del_group", "POST", FAMILY_WECOM, BASE_RATE, 0, del_group, "group_id:s!"},
        {"/cgi-bin/kf/knowledge/del_intent", "POST", FAMILY_WECOM, BASE_RATE, 0, del_intent, "intent_id:s!"},
        {"/cgi-bin/kf/knowledge/list_group", "POST", FAMILY_WECOM, BASE_RATE, 0, list_group, "cursor:s limit:n group_id:s"},
        {"/cgi-bin/kf/knowledge/list_intent", "POST", FAMILY_WECOM, BASE_RATE, 0, list_intent, "cursor:s limit:n group_id:s intent_id:s"},
        {"/cgi-bin/kf/knowledge/mod_group", "POST", FAMILY_WECOM, BASE_RATE, 0, mod_group, "group_id:s! name:s!"},
        {"/cgi-bin/kf/knowledge/mod_intent", "POST", FAMILY_WECOM, BASE_RATE, 0, mod_intent, "intent_id:s! " PARTS},
};

const struct product_table wecom_kf_knowledge = {"wecom_kf_knowledge", endpoints, countof(endpoints), NULL};
