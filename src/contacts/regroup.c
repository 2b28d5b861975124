#include "contacts/regroup.h"

static size_t root(size_t *up, size_t i)
{
        while (up[i] != i)
                i = up[i] = up[up[i]];
        return i;
}

static size_t index_of(const struct contacts_place *places, size_t n, int64_t identity_id)
{
        size_t lo = 0, hi = n;
        while (lo < hi) {
                size_t mid = lo + (hi - lo) / 2;
                if (places[mid].identity_id < identity_id)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        return lo < n && places[lo].identity_id == identity_id ? lo : n;
}

void contacts_regroup_plan(struct arena *a, struct contacts_place *places, size_t n, const struct contacts_pair *pairs,
                           size_t n_pairs)
{
        size_t *up = arena_array(a, size_t, n);
        for (size_t i = 0; i < n; i++)
                up[i] = i;
        for (size_t i = 0; i < n_pairs; i++) {
                size_t x = index_of(places, n, pairs[i].identity_a), y = index_of(places, n, pairs[i].identity_b);
                if (x == n || y == n)
                        continue; /* a link that holds joins one person: its other end is not among these */
                x = root(up, x);
                y = root(up, y);
                /* The smaller index becomes the root, so a root is its part's oldest identity. */
                if (x < y)
                        up[y] = x;
                else
                        up[x] = y;
        }
        for (size_t i = 0; i < n; i++)
                places[i].person_id = places[root(up, i)].home_id;
}

int contacts_regroup(struct ctx *ctx, int64_t person_a, int64_t person_b)
{
        struct contacts_place *before, *after;
        struct contacts_pair *pairs;
        size_t n, n_pairs;
        int r = db_all(ctx, &contacts_q_places, &before, &n, DB_I(ctx->merchant), DB_I(person_a), DB_I(person_b));
        if (!r)
                r = db_all(ctx, &contacts_q_pairs, &pairs, &n_pairs, DB_I(ctx->merchant), DB_I(person_a),
                           DB_I(person_b));
        if (r)
                return status_fold(r);
        after = arena_memdup(ctx->arena, before, n * sizeof(*before));
        contacts_regroup_plan(ctx->arena, after, n, pairs, n_pairs);
        for (size_t i = 0; i < n && !r; i++)
                if (after[i].person_id != before[i].person_id)
                        r = db_exec(ctx, &contacts_q_identity_move, DB_I(ctx->merchant), DB_I(after[i].identity_id),
                                    DB_I(after[i].person_id));
        return status_fold(r);
}
