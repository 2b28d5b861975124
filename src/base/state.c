#include "base/state.h"

#include <string.h>

#define STATES_MAX 64 /* one bit each while the table is checked */

static int find(const struct state_table *t, const char *name)
{
        for (size_t i = 0; i < t->n_states; i++)
                if (text_eq(t->states[i].name, name))
                        return (int)i;
        return -1;
}

const struct state_row *state_row(const struct state_table *t, const char *name)
{
        int i = find(t, name);

        return i < 0 ? NULL : &t->states[i];
}

int state_move(const struct state_table *t, const char *from, const char *to)
{
        if (find(t, from) < 0 || find(t, to) < 0)
                return STATE_E_UNKNOWN;
        if (strcmp(from, to) == 0)
                return STATE_E_SAME;
        for (size_t i = 0; i < t->n_moves; i++)
                if (strcmp(t->moves[i].from, from) == 0 && strcmp(t->moves[i].to, to) == 0)
                        return 0;
        return STATE_E_ILLEGAL;
}

static int check_moves(const struct state_table *t)
{
        for (size_t i = 0; i < t->n_moves; i++) {
                const struct state_move *m = &t->moves[i];
                int from = find(t, m->from), to = find(t, m->to);
                if (from < 0 || to < 0 || from == to)
                        return fatal(EINVAL, "%s: move %s -> %s does not join two states", t->name, m->from, m->to);
                if (t->states[from].terminal)
                        return fatal(EINVAL, "%s: move %s -> %s leaves a terminal state", t->name, m->from, m->to);
        }
        return 0;
}

static int check_reachable(const struct state_table *t)
{
        int first = find(t, t->first);
        uint64_t reached, before;

        if (first < 0)
                return fatal(EINVAL, "%s: first state %s is not a state", t->name, t->first);
        reached = UINT64_C(1) << first;
        do {
                before = reached;
                for (size_t i = 0; i < t->n_moves; i++)
                        if (reached >> find(t, t->moves[i].from) & 1)
                                reached |= UINT64_C(1) << find(t, t->moves[i].to);
        } while (reached != before);
        for (size_t i = 0; i < t->n_states; i++)
                if (!(reached >> i & 1))
                        return fatal(EINVAL, "%s: no way leads to state %s", t->name, t->states[i].name);
        return 0;
}

int state_check(const struct state_table *t)
{
        if (t->n_states == 0 || t->n_states > STATES_MAX)
                return fatal(EINVAL, "%s: %zu states", t->name, t->n_states);
        for (size_t i = 0; i < t->n_states; i++)
                if (find(t, t->states[i].name) != (int)i)
                        return fatal(EINVAL, "%s: state %s appears twice", t->name, t->states[i].name);
        int r = check_moves(t);
        return r || !t->first ? r : check_reachable(t);
}
