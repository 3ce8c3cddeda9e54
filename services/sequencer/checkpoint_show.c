/* The notary reads the log before it signs: what it has not read yet is shown to it, page by page, from where it was written. */
#include "checkpoint_inside.h"
#include "reread.h"
#include "sequencer.h"

#define PAGE_BYTES ((size_t)320000)  /* what the record log_page takes */
#define PAGES_MAX 40                 /* in one go: the sequencer has other work, too */

/* A page from ${*from}, which moves behind it. */
static int show_page(struct checkpoint_maker *m, struct db *db, uint64_t *from, uint64_t size, struct err *e)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct buf page = buf_new(a);
    struct done *out = record_new(a, &record_done);
    uint64_t next = *from;
    int r = reread_page(db, a, &next, size, PAGE_BYTES, &page, e);
    if (r == 0) {
        struct log_page in = {.origin = sequencer_config.common.origin, .first = (int64_t)*from,
                              .entries = {(const uint8_t *)page.text, page.len}};
        r = checkpoint_ask(m, a, "notary", "notary.read", &in, out, e);
    }
    if (r == 0)
        *from = next;
    arena_free(a);
    return r;
}

int checkpoint_show(struct checkpoint_maker *m, struct arena *a, const struct log_tree *t, struct err *e)
{
    const uint64_t size = t->frontier.size;
    struct notary_state *state = record_new(a, &record_notary_state);
    int r = checkpoint_ask(m, a, "notary", "notary.state", NULL, state, e);
    if (r == 0 && (state->read_from < 0 || state->read_to < state->read_from))
        r = err_raise(e, ERR_UNAVAILABLE, "read_to", "", "the notary's program is of before it read entries");
    if (r != 0)
        return r;
    bool goes_on = m->shown > 0 && m->shown == (uint64_t)state->read_to && m->shown <= size;
    uint64_t at = goes_on ? m->shown : (uint64_t)state->read_from;
    for (int pages = 0; r == 0 && at < size && pages < PAGES_MAX; pages++)
        r = show_page(m, t->db, &at, size, e);
    m->shown = r == 0 ? at : 0;
    if (r == 0 && at < size)
        r = err_raise(e, ERR_BUSY, "size", "", "the notary has read %llu of %llu entries", (unsigned long long)at, (unsigned long long)size);
    return r;
}
