/*
 * Whose data lie in which table: what is exported when somebody asks for it, and what is erased when she asks to be
 * forgotten. Each domain declares all its tables; a test compares the declarations with the tables that there are, so that a
 * new one cannot be left out.
 *
 * A person is given by her identities, because everything refers to those (contacts/contacts.h). A merchant is all rows with
 * his merchant_id.
 */
#ifndef STORE_HOLDING_H
#define STORE_HOLDING_H

#include "base/domain.h"
#include "store/db.h"

struct search_kind;

/* What happens to a person's rows when she is erased. */
enum holding_end {
        HOLDING_DELETED, /* the rows go */
        HOLDING_BLANKED, /* they stay for the books, without what says who she was: `blank` */
        HOLDING_KEPT,    /* they stay as they are: what they say is not hers once the rows they belong to are blank */
};

struct holding {
        const char *table;
        const char *zh, *en; /* what its rows are, for the index of an export */
        /* Which rows are a person's: a condition, with $1 the merchant, (:list $2) her identities and, where needed, $3 her
         * person. NULL: none are. Rows that name her by way of another table's rows stand before that table's. */
        const char *hers;
        enum holding_end end;
        const char *blank;  /* of HOLDING_BLANKED: "identity_id = 0, receiver_masked = null" */
        const char *hidden; /* columns that never leave, separated by blanks: secrets, hashes; "*": the table is not exported */
        /* A sealed or packed column, and how it is read: `id` is the row's key behind the merchant. Other bytea columns that
         * are not hidden leave as files of their own. */
        const char *opened;
        int (*open)(struct ctx *, int64_t id, struct bytes *text) MUST;
        const struct search_kind *searched; /* its documents are this table's rows, by that key */
        bool shared; /* the table is another domain's: only a person's rows count here */
        const char *exempt; /* not by merchant: why. Nothing else is set then */
};

/* A domain's tables, in the order in which a person's rows are taken: those that point before those that are pointed at. */
struct holder {
        const struct holding *tables;
        size_t n;
        /* Her conversation as a person reads it, appended to the text. NULL = none. */
        int (*story)(struct ctx *, const int64_t *identities, size_t n, struct text *) MUST;
};

/* Whose: with person_id 0 all of ctx->merchant's. */
struct holding_subject {
        int64_t person_id;
        const int64_t *identities;
        size_t n;
};

struct holding_column {
        const char *name, *type; /* bigint smallint text bytea "double precision" */
        int64_t key;             /* place in the primary key from 1; 0 = not in it */
        size_t at;               /* of a page that was read: where it stands in a row */
};
/* The table's columns as the database knows them, in order. */
int holding_columns(struct ctx *, const char *table, struct holding_column **, size_t *n) MUST;

struct holding_count {
        const char *table;
        int64_t rows;
        const char *end; /* "deleted", "blanked", "kept" */
};
struct holding_counts {
        struct holding_count *tables; /* those with rows */
        size_t n;
        int64_t rows;
};

/*
 * Writes all of it into the folder, which must not be there: a CSV per table (UTF-8 with byte order mark, first line the
 * columns' names), files, the conversation, and README.txt, which says in Chinese and English what is what. Takes one
 * READ transaction, so it is of one moment. The folder appears under its name when it is complete.
 */
enum { HOLDING_E_THERE = 1 /* the folder is there already */ };
int holding_export(struct db *, struct ctx *, const struct holding_subject *, const char *folder, struct holding_counts *) MUST;

/* What erasing would take; nothing is changed. Inside the caller's transaction. */
int holding_look(struct ctx *, const struct holding_subject *, struct holding_counts *) MUST;

/*
 * Erases a person in one transaction, leaves a row of proof (store_erasure) and an audit row, and takes her texts out of the
 * search index afterwards. No transaction may be open. What the platform tells of her later makes a new person.
 */
int holding_erase_person(struct db *, struct ctx *, const struct holding_subject *, struct holding_counts *) MUST;

/*
 * Erases all of ctx->merchant, table by table in transactions of some thousand rows; `progress` (may be NULL) hears how many
 * went. No server may work on the data. Killed in between it is finished by calling it again: the row of proof says
 * whether it ended.
 */
int holding_erase_merchant(struct db *, struct ctx *, void (*progress)(void *arg, const char *table, int64_t rows), void *arg,
                           struct holding_counts *) MUST;

/* Is an erasure of ctx->merchant begun and not ended? */
int holding_erasing(struct ctx *, bool *) MUST;

/* ---- between the files of this ---- */

extern const struct holder store_holds;

const char *holding_where(struct arena *, const struct holding *, const struct holding_subject *);
/* The arguments of that condition: $1.., at most 3; *letters their types. */
size_t holding_args(const struct ctx *, const struct holding *, const struct holding_subject *, struct db_value out[3],
                    const char **letters);
/* Calls fn for each table that counts for this subject, upper domains first. */
int holding_each(struct ctx *, const struct holding_subject *, int (*fn)(struct ctx *, const struct holding *, void *), void *arg) MUST;
void holding_counted(struct ctx *, struct holding_counts *, const struct holding *, const struct holding_subject *, int64_t rows);

#endif
