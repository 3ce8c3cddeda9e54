/*
 * A disk that fails under the notary (ledger.md §6, 30). The program's own calls are stood in for by name, so the notary is
 * the one that ships: whatever call fails, no signature leaves.
 */
#include "notary_site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file/file.h"
#include "support/test.h"

/* Fails the nth of these calls from now on (0: none), and every later one while `lasting`. */
static struct {
    const char *call;
    int nth;
    bool lasting;
    int error, seen;
} fail;

static int calls_of_fsync;

static bool fails(const char *call)
{
    if (fail.call == NULL || strcmp(fail.call, call) != 0)
        return false;
    fail.seen++;
    if (fail.seen != fail.nth && !(fail.lasting && fail.seen > fail.nth))
        return false;
    errno = fail.error;
    return true;
}

int fsync(int fd)
{
    calls_of_fsync++;
    return fails("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    return fails("rename") ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static void fail_at(const char *call, int nth, bool lasting, int error)
{
    fail.call = call;
    fail.nth = nth;
    fail.lasting = lasting;
    fail.error = error;
    fail.seen = 0;
}

static void refuses(struct site *s, uint64_t from, uint64_t to)
{
    struct notary_request q = site_request(s, from, to);
    const char *note = NULL;
    struct err e;
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), ERR_FAULT);
    assert_null(note);
    assert_int_equal(notary_remembers(s->n)->size, from);
}

static void signs(struct site *s, uint64_t from, uint64_t to)
{
    struct notary_request q = site_request(s, from, to);
    assert_int_equal(site_sign(s, &q), 0);
}

/* ${call} fails once: nothing is signed then; when the disk is well again, the same tree is. */
static void failing(const char *call, int nth, int error)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    fail_at(call, nth, false, error);
    refuses(s, 9, 20);
    fail_at(NULL, 0, false, 0);
    signs(s, 9, 20);
}

CASE(L30_fsync_of_the_state_fails)
{
    failing("fsync", 1, EIO);
}

CASE(L30_fsync_of_the_folder_fails)
{
    failing("fsync", 2, EIO);
}

CASE(L30_rename_of_the_state_fails)
{
    failing("rename", 1, EIO);
}

CASE(L30_disk_is_full)
{
    failing("fsync", 1, ENOSPC);
}

CASE(L30_disk_that_stays_bad_signs_nothing_ever)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    fail_at("fsync", 1, true, EIO);
    for (uint64_t size = 10; size < 20; size++)
        refuses(s, 9, size);
    fail_at("rename", 1, true, EIO);
    refuses(s, 9, 20);
    fail_at(NULL, 0, false, 0);
}

/* before the signature: the file and its folder */
CASE(L30_state_is_synced_before_each_signature)
{
    CLEANUP(site_done) struct site *s = site_new();
    for (uint64_t size = 1; size < 8; size++) {
        int before = calls_of_fsync;
        signs(s, size - 1, size);
        assert_int_equal(calls_of_fsync, before + 2);
    }
}

/* The folder's fsync failed and the process ended: the new state may be in the cache alone, so it is written again before
 * the tree it names is signed. */
CASE(L30_state_read_at_start_is_not_taken_for_one_on_the_disk)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    fail_at("fsync", 2, false, EIO);
    refuses(s, 9, 20);
    fail_at(NULL, 0, false, 0);
    s->n = notary_free(s->n);
    s->w = notary_free(s->w);
    site_open(s);
    uint64_t size = notary_remembers(s->n)->size;
    assert_int_equal(size, 20);
    fail_at("fsync", 1, false, EIO);
    refuses(s, size, size);
    fail_at(NULL, 0, false, 0);
    signs(s, size, size);
}

CASE(L30_witness_cosigns_nothing_that_it_cannot_remember)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = site_request(s, 0, 7);
    const char *note = NULL, *line = NULL;
    struct err e;
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    q.note = (struct bytes){(const uint8_t *)note, strlen(note)};
    static const struct {
        const char *call;
        int nth;
    } rows[] = {{"fsync", 1}, {"fsync", 2}, {"rename", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fail_at(rows[i].call, rows[i].nth, false, EIO);
        assert_int_equal(notary_cosign(s->w, s->a, &q, 1795600000123, &line, &e), ERR_FAULT);
        assert_null(line);
        assert_int_equal(notary_remembers(s->w)->size, 0);
    }
    fail_at(NULL, 0, false, 0);
    assert_int_equal(notary_cosign(s->w, s->a, &q, 1795600000123, &line, &e), 0);
}
