/* Staff and customers as friends: the machine and what it tells (wecom-contact.md 1, wecom-callback.md 10.2, 10.3). */
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#define WELCOME_MS 20000
#define CHAT_KEY_MS (30 * 60 * INT64_C(1000))
#define BALANCE_LOW 100

struct contact *contact_find(const struct person *person, const struct staff *staff)
{
        for (size_t i = 0; i < person->contacts.n; i++)
                if (person->contacts.v[i]->staff == staff)
                        return person->contacts.v[i];
        return NULL;
}

bool contact_works(const struct contact *c)
{
        return c->relation == CONTACT_FRIENDS || c->relation == CONTACT_ONE_WAY;
}

int contact_named(struct request *rq, const char *userid, const char *external_userid, struct contact **c)
{
        struct staff *staff;
        struct person *person;
        int r = wecom_follower(rq, userid, &staff);

        r = r ? r : wecom_customer(rq, external_userid, &person);
        if (r)
                return r;
        *c = contact_find(person, staff);
        if (*c && contact_works(*c))
                return 0;
        return refuse(rq, 84061, "%s（wecom-contact，README 6）",
                      !*c                                ? "她不是这个成员的客户"
                      : (*c)->relation == CONTACT_HALF ? "成员还没有确认她的申请"
                                                       : "成员已删除她");
}

/* ---- what is told ---- */

static const char *welcome_code(struct sim *sim, struct contact *c)
{
        c->welcome = NULL;
        if (switch_on(sim, SW_NATIVE_WELCOME))
                return NULL;
        struct welcome *welcome = arena_new(&sim->arena, struct welcome);
        *welcome = (struct welcome){c, sim_now(sim) + WELCOME_MS, false};
        const char *code = wecom_text(sim, "", 40);
        map_put(&wecom_of(sim)->welcomes, &sim->arena, code, welcome);
        c->welcome = code;
        return code;
}

static void tell(struct sim *sim, const char *name, const struct contact *c, const char *welcome, const char *source,
                 const char *reason)
{
        wecom_event(sim, name, c->person->external_userid,
                    (const struct node[]){{"UserID", c->staff->userid},
                                          {"ExternalUserID", c->person->external_userid},
                                          {"State", c->state},
                                          {"WelcomeCode", welcome},
                                          {"Source", source},
                                          {"FailReason", reason},
                                          {NULL, NULL}});
}

static void tell_link(struct sim *sim, const char *name, const struct contact *c, bool who)
{
        if (!c->link)
                return;
        wecom_event(sim, name, c->person->external_userid,
                    (const struct node[]){{"UserID", who ? c->staff->userid : NULL},
                                          {"ExternalUserID", who ? c->person->external_userid : NULL},
                                          {"LinkId", c->link->id},
                                          {"State", c->state},
                                          {NULL, NULL}});
}

/* ---- coming and going ---- */

static void spend_link(struct sim *sim, struct contact *c)
{
        struct switch_value *balance = &sim->sw[SW_ACQUISITION_BALANCE];

        vec_push(&sim->arena, &c->link->contacts, c);
        if (!balance->n)
                return;
        balance->n--;
        if (balance->n == BALANCE_LOW)
                wecom_event(sim, "customer_acquisition/balance_low", c->link->id, NULL);
        if (!balance->n)
                wecom_event(sim, "customer_acquisition/balance_exhausted", c->link->id, NULL);
}

void contact_confirm(struct sim *sim, struct contact *c)
{
        if (c->relation != CONTACT_HALF)
                return;
        c->relation = CONTACT_FRIENDS;
        c->since = sim_now(sim);
        ledger_add(sim, "contact", c->staff->userid, c->person->external_userid, "friends");
        tell(sim, "change_external_contact/add_external_contact", c, welcome_code(sim, c), NULL, NULL);
}

static void confirm_later(struct sim *sim, void *arg)
{
        contact_confirm(sim, arg);
}

static struct contact *contact_new(struct sim *sim, struct person *person, struct staff *staff)
{
        struct contact *c = contact_find(person, staff);
        if (c)
                return c;
        c = arena_new(&sim->arena, struct contact);
        *c = (struct contact){.staff = staff, .person = person, .remark = "", .description = "", .company = ""};
        vec_push(&sim->arena, &person->contacts, c);
        vec_push(&sim->arena, &staff->contacts, c);
        return c;
}

struct contact *contact_add(struct sim *sim, struct person *person, struct staff *staff, const struct source *from)
{
        struct contact *c = contact_new(sim, person, staff);
        bool half = from->half || rng_percent(&wecom_of(sim)->rng, switch_on(sim, SW_HALF_CONTACTS));

        if (c->relation == CONTACT_FRIENDS && c->since)
                return c;
        map_put(&wecom_of(sim)->by_unionid, &sim->arena, person->unionid, person);
        c->relation = half ? CONTACT_HALF : CONTACT_FRIENDS;
        c->since = sim_now(sim);
        c->add_way = from->add_way;
        c->state = arena_strdup(&sim->arena, from->state);
        c->channel = arena_strdup(&sim->arena, from->channel);
        c->channel_source = from->channel_source;
        c->link = from->link;
        c->oper = from->add_way == 1 || from->add_way == 16 ? person->external_userid : staff->userid;
        ledger_add(sim, "contact", staff->userid, person->external_userid, "%s, add_way %d%s%s",
                   half ? "half" : "friends", c->add_way, c->state ? ", state " : "", c->state ? c->state : "");
        if (c->link) {
                spend_link(sim, c);
                tell_link(sim, "customer_acquisition/friend_request", c, false);
        }
        tell(sim, half ? "change_external_contact/add_half_external_contact"
                       : "change_external_contact/add_external_contact",
             c, welcome_code(sim, c), NULL, NULL);
        if (half && switch_on(sim, SW_CONFIRM_MS) >= 0)
                timer_after(sim, switch_on(sim, SW_CONFIRM_MS), confirm_later, c);
        return c;
}

void contact_drop(struct sim *sim, struct contact *c, bool by_transfer)
{
        c->relation = CONTACT_DROPPED;
        ledger_add(sim, "contact", c->staff->userid, c->person->external_userid, "dropped%s", by_transfer ? " by transfer" : "");
        tell(sim, "change_external_contact/del_external_contact", c, NULL, by_transfer ? "DELETE_BY_TRANSFER" : NULL, NULL);
}

void contact_leave(struct sim *sim, struct contact *c)
{
        c->relation = CONTACT_ONE_WAY;
        ledger_add(sim, "contact", c->staff->userid, c->person->external_userid, "one-way");
        tell(sim, "change_external_contact/del_follow_user", c, NULL, NULL, NULL);
        tell_link(sim, "customer_acquisition/del_follow_user", c, true);
}

void contact_agree(struct sim *sim, struct contact *c)
{
        tell(sim, "change_external_contact/msg_audit_approved", c, welcome_code(sim, c), NULL, NULL);
}

void contact_edited(struct sim *sim, struct contact *c)
{
        tell(sim, "change_external_contact/edit_external_contact", c, NULL, NULL, NULL);
}

void contact_hear(struct sim *sim, struct contact *c)
{
        c->heard++;
        ledger_add(sim, "heard", c->staff->userid, c->person->external_userid, "%u", c->heard);
        if (!c->link)
                return;
        if (c->heard == 1)
                tell_link(sim, "customer_acquisition/customer_start_chat", c, true);
        if (c->heard != 3 && c->heard != 5 && c->heard != 10)
                return;
        struct chat_key *key = arena_new(&sim->arena, struct chat_key);
        *key = (struct chat_key){c, sim_now(sim) + CHAT_KEY_MS};
        const char *text = wecom_text(sim, "", 40);
        map_put(&wecom_of(sim)->chat_keys, &sim->arena, text, key);
        c->chat_key = text;
        /* Nobody is named here since 2024-12: the key is resolved by get_chat_info. */
        wecom_event(sim, "customer_acquisition/message_from_customer", c->link->id,
                    (const struct node[]){{"LinkId", c->link->id}, {"State", c->state}, {"ChatKey", text}, {NULL, NULL}});
}

/* ---- transfers ---- */

static void transfer_fail(struct sim *sim, struct transfer *t, int status, const char *reason)
{
        t->status = status;
        ledger_add(sim, "transfer", t->to->userid, t->person->external_userid, "failed: %s", reason);
        wecom_event(sim, "change_external_contact/transfer_fail", t->person->external_userid,
                    (const struct node[]){{"UserID", t->to->userid},
                                          {"ExternalUserID", t->person->external_userid},
                                          {"FailReason", reason},
                                          {NULL, NULL}});
}

/* After a day without a word against it. */
static void transfer_done(struct sim *sim, void *arg)
{
        struct transfer *t = arg;
        struct contact *old = contact_find(t->person, t->from);

        if (t->status != 2)
                return;
        t->status = 1;
        t->done = sim_now(sim);
        ledger_add(sim, "transfer", t->to->userid, t->person->external_userid, "done");
        if (old && !t->resigned)
                contact_drop(sim, old, true);
        else if (old)
                old->relation = CONTACT_DROPPED;
        struct contact *c = contact_add(sim, t->person, t->to, &(struct source){.add_way = 202, .state = old ? old->state : NULL});
        if (old) {
                c->remark = old->remark;
                c->moved[0] = old->moved[1];
                c->moved[1] = t->resigned ? 0 : t->done;
        }
}

void transfer_ask(struct sim *sim, struct contact *c, struct staff *to, bool resigned)
{
        struct transfer *t = arena_new(&sim->arena, struct transfer);

        *t = (struct transfer){.from = c->staff, .to = to, .person = c->person, .resigned = resigned, .status = 2,
                               .asked = sim_now(sim)};
        vec_push(&sim->arena, &wecom_of(sim)->transfers, t);
        ledger_add(sim, "transfer", to->userid, c->person->external_userid, "asked, from %s", c->staff->userid);
        timer_after(sim, TRANSFER_MS, transfer_done, t);
}

void transfer_refuse(struct sim *sim, struct transfer *t, const char *reason)
{
        transfer_fail(sim, t, text_eq(reason, "customer_refused") ? 3 : 4, reason);
}

void staff_leave(struct sim *sim, struct staff *s)
{
        s->state = 5;
        s->left = sim_now(sim);
        wecom_event(sim, "change_contact/delete_user", s->userid,
                    (const struct node[]){{"UserID", s->userid}, {NULL, NULL}});
}
