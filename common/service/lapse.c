#include "service/lapse.h"

#include "domain/correction.h"

void lapse_queue(struct call *c, const struct statement_row *row, const struct list *lapsed)
{
    size_t n = lapsed->count;
    int64_t *entries = ARENA_ARRAY(c->arena, int64_t, n + 1), *subjects = ARENA_ARRAY(c->arena, int64_t, n + 1);
    const char **acts = ARENA_ARRAY(c->arena, const char *, n + 1), **renewed = ARENA_ARRAY(c->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct lapsed_act *l = LIST_AT(*lapsed, const struct lapsed_act, i);
        entries[i] = l->entry;
        subjects[i] = l->subject == INTEGER_ABSENT ? 0 : l->subject;
        acts[i] = l->act;
        renewed[i] = correction_renewal(l->act);
    }
    db_queue(c->db, row, DB_VALUES(db_text(c->stream), db_int(c->seq), db_ints(entries, n), db_texts(acts, n), db_ints(subjects, n),
                                   db_texts(renewed, n)));
}
