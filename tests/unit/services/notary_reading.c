/* The notary signs what it has read, and nothing else (ledger.md §6, 4). */
#include "support/test.h"

#include <string.h>

#include "file/file.h"
#include "notary_site.h"

static int show(struct site *s, uint64_t from, uint64_t to)
{
    struct err e;
    return notary_read(s->n, ORIGIN, from, site_bundle(s, from, to), &e);
}

static int sign_unread(struct site *s, uint64_t old_size, uint64_t size)
{
    struct notary_request q = site_unread(s, old_size, size);
    return site_sign(s, &q);
}

static void restart(struct site *s)
{
    s->n = notary_free(s->n);
    s->w = notary_free(s->w);
    site_open(s);
}

/* a memory as it was written before it had the tree's edge */
static void age_memory(struct site *s, uint64_t size)
{
    char root[DIGEST_HEX];
    struct err e;
    struct notary_request q = site_unread(s, 0, size);
    const char *text = arena_printf(s->a, "stemma-notary/1\norigin %s\nsize %llu\nroot %s\n", ORIGIN, (unsigned long long)size,
                                    hex_of(q.root, DIGEST_LEN, root));
    assert_int_equal(file_replace(site_path(s, "log.memory"), (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, &e), 0);
    restart(s);
}

CASE(L04_notary_refuses_a_tree_that_it_has_not_read)
{
    CLEANUP(site_done) struct site *s = site_new();
    assert_int_equal(sign_unread(s, 0, 7), ERR_TREE_REFUSED);
    assert_int_equal(show(s, 0, 6), 0);
    assert_int_equal(sign_unread(s, 0, 7), ERR_TREE_REFUSED);
    struct notary_request longer = site_unread(s, 0, 6);
    longer.size = 7;                                               /* the root is that of what was read, the size is not */
    assert_int_equal(site_sign(s, &longer), ERR_TREE_REFUSED);
    assert_int_equal(show(s, 6, 8), 0);
    assert_int_equal(sign_unread(s, 0, 7), ERR_TREE_REFUSED);      /* read beyond it: another tree */
    assert_int_equal(sign_unread(s, 0, 8), 0);
    assert_int_equal(sign_unread(s, 8, 9), ERR_TREE_REFUSED);
    assert_int_equal(notary_remembers(s->n)->size, 8);
}

/* a bit flips between integrate and sign: the tree is of what was logged, the bytes are not */
CASE(L04_notary_refuses_when_a_bit_of_an_entry_flipped)
{
    for (size_t i = 9; i < 20; i++) {
        CLEANUP(site_done) struct site *s = site_new();
        site_signed_up_to(s, 9);
        s->entries[i] ^= UINT64_C(1) << i;
        assert_int_equal(show(s, 9, 20), 0);
        assert_int_equal(sign_unread(s, 9, 20), ERR_TREE_REFUSED);
        s->entries[i] ^= UINT64_C(1) << i;
        assert_int_equal(show(s, 9, 20), 0);                       /* it is begun anew */
        assert_int_equal(sign_unread(s, 9, 20), 0);
    }
}

CASE(L04_notary_reads_page_by_page_and_nothing_twice)
{
    CLEANUP(site_done) struct site *s = site_new();
    for (uint64_t i = 0; i < LEAVES; i++) {
        assert_int_equal(show(s, i, i + 1), 0);
        if (i > 0 && i + 3 < LEAVES) {
            assert_int_equal(show(s, i + 2, i + 3), ERR_TREE_REFUSED);
            assert_int_equal(i > 1 ? show(s, i - 1, i) : ERR_TREE_REFUSED, ERR_TREE_REFUSED);
        }
        assert_int_equal(notary_read_span(s->n).to, i + 1);
    }
    assert_int_equal(sign_unread(s, 0, LEAVES), 0);
}

/* two sequencers, or one that started again: who begins anew, begins anew for both */
CASE(L08_two_who_show_the_log_do_not_mix)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 5);
    assert_int_equal(show(s, 5, 12), 0);
    assert_int_equal(show(s, 5, 8), 0);
    assert_int_equal(show(s, 12, 20), ERR_TREE_REFUSED);
    assert_int_equal(show(s, 8, 20), 0);
    assert_int_equal(sign_unread(s, 5, 20), 0);
}

CASE(L04_what_was_read_and_not_signed_is_forgotten_by_a_restart)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    assert_int_equal(show(s, 9, 20), 0);
    restart(s);
    struct notary_span span = notary_read_span(s->n);
    assert_int_equal(span.from, 9);
    assert_int_equal(span.to, 9);
    assert_int_equal(sign_unread(s, 9, 20), ERR_TREE_REFUSED);
    assert_int_equal(sign_unread(s, 9, 9), 0);                     /* what was signed is signed again without */
    assert_int_equal(show(s, 9, 20), 0);
    assert_int_equal(sign_unread(s, 9, 20), 0);
}

/* the database lost what was read, and grew another way from what was signed: it is a log that extends the signed one */
CASE(L05_what_was_read_may_be_lost_before_it_is_signed)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    assert_int_equal(show(s, 9, 20), 0);
    s->entries[15] ^= 1;
    site_grow(s);
    assert_int_equal(sign_unread(s, 9, 20), ERR_TREE_REFUSED);
    assert_int_equal(show(s, 9, 18), 0);
    assert_int_equal(sign_unread(s, 9, 18), 0);
}

CASE(L04_page_that_is_no_bundle_is_refused)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct err e;
    struct bytes page = site_bundle(s, 0, 4);
    assert_int_equal(show(s, 0, 2), 0);
    assert_int_equal(notary_read(s->n, ORIGIN, 2, (struct bytes){page.data, page.len - 1}, &e), ERR_FIELD_TYPE);
    assert_int_equal(notary_read_span(s->n).to, 0);
    assert_int_equal(notary_read(s->n, ORIGIN, 0, (struct bytes){(const uint8_t *)"\0\0", 2}, &e), ERR_FIELD_TYPE);
    assert_int_equal(notary_read(s->n, "stemma.lab.example/2027", 0, page, &e), ERR_TREE_REFUSED);
    assert_int_equal(notary_read(s->w, ORIGIN, 0, page, &e), ERR_STATE_FORBIDS);
}

/* a memory of before reads the log from its first entry, and must pass through the tree that it signed */
CASE(L04_memory_without_an_edge_reads_from_the_beginning)
{
    CLEANUP(site_done) struct site *s = site_new();
    age_memory(s, 9);
    assert_int_equal(notary_remembers(s->n)->size, 9);
    assert_int_equal(notary_read_span(s->n).from, 0);
    assert_int_equal(sign_unread(s, 9, 9), ERR_TREE_REFUSED);
    assert_int_equal(sign_unread(s, 9, 20), ERR_TREE_REFUSED);
    assert_int_equal(show(s, 9, 20), ERR_TREE_REFUSED);
    s->entries[4] ^= 1;
    assert_int_equal(show(s, 0, 20), ERR_TREE_REFUSED);
    s->entries[4] ^= 1;
    assert_int_equal(show(s, 0, 6), 0);
    assert_int_equal(show(s, 6, 20), 0);
    assert_int_equal(sign_unread(s, 9, 20), 0);
    restart(s);
    assert_int_equal(notary_read_span(s->n).from, 20);
}

/* every size has another edge */
CASE(L04_memory_keeps_the_edge_over_a_restart)
{
    CLEANUP(site_done) struct site *s = site_new();
    for (uint64_t size = 1; size <= LEAVES; size++) {
        assert_int_equal(show(s, size - 1, size), 0);
        assert_int_equal(sign_unread(s, size - 1, size), 0);
        restart(s);
        assert_int_equal(notary_read_span(s->n).from, size);
    }
}

CASE(L04_memory_whose_edge_does_not_give_its_root_is_damaged)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_memory m;
    struct bytes file;
    struct err e;
    site_signed_up_to(s, 11);
    assert_int_equal(file_read(s->a, site_path(s, "log.memory"), 8000, &file, &e), 0);
    for (size_t i = 0; i < file.len; i++) {
        char *other = arena_dup(s->a, file.data, file.len);
        other[i] = other[i] == '0' ? '1' : '0';
        assert_int_equal(file_replace(site_path(s, "log.memory"), (struct bytes){(const uint8_t *)other, file.len}, 0600, &e), 0);
        assert_int_equal(notary_memory_read(site_path(s, "log.memory"), ORIGIN, &m, &e), ERR_FAULT);
        assert_int_equal(file_replace(site_path(s, "log.memory"), (struct bytes){file.data, i}, 0600, &e), 0);
        assert_int_equal(notary_memory_read(site_path(s, "log.memory"), ORIGIN, &m, &e), ERR_FAULT);
    }
}
