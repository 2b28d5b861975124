/* Named queries of contacts. Private. */
#ifndef CONTACTS_ROWS_H
#define CONTACTS_ROWS_H

#include "contacts/contacts.h"

struct contacts_person_row {
        int64_t person_id, created_at;
        const char *name, *note;
};

/* What a regrouping needs of an identity. */
struct contacts_place {
        int64_t identity_id, person_id, home_id;
};

struct contacts_pair {
        int64_t identity_a, identity_b;
};

/* An identity, and what staff wrote of the person made with it. */
struct contacts_home_row {
        int64_t identity_id, home_id, seen_at, changed_at;
        const char *nickname, *name, *note;
};

struct contacts_id_row {
        int64_t id;
};

extern const struct query contacts_q_person_insert, contacts_q_person_get, contacts_q_person_edit;
extern const struct query contacts_q_homes;
extern const struct query contacts_q_identity_insert, contacts_q_identity_get, contacts_q_identity_by_remote;
extern const struct query contacts_q_identity_learn, contacts_q_identities, contacts_q_identity_move;
extern const struct query contacts_q_same_unionid, contacts_q_places, contacts_q_pairs, contacts_q_rival;
extern const struct query contacts_q_link_insert, contacts_q_link_get, contacts_q_link_undo, contacts_q_links;
extern const struct query contacts_q_link_undone;

extern const struct holder contacts_holds; /* holdings.c */

#endif
