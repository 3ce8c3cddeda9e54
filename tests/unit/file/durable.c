#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/file.h"

struct folder {
    struct arena *a;
    char path[64];
};

static struct folder folder_new(void)
{
    struct folder f = {.a = arena_new(0)};
    snprintf(f.path, sizeof f.path, "/tmp/stemma-test-XXXXXX");
    assert_non_null(mkdtemp(f.path));
    return f;
}

static const char *in(struct folder *f, const char *name)
{
    return arena_printf(f->a, "%s/%s", f->path, name);
}

static void folder_done(struct folder *f)
{
    static const char *const names[] = {"a", "a.new", "journal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(in(f, names[i]));
    rmdir(f->path);
    arena_free(f->a);
}

static struct bytes text(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void holds(struct folder *f, const char *name, const char *expected)
{
    struct bytes b;
    struct err e;
    assert_int_equal(file_read(f->a, in(f, name), 1000, &b, &e), 0);
    assert_string_equal((const char *)b.data, expected);
}

CASE(file_replace_puts_new_for_old)
{
    CLEANUP(folder_done) struct folder f = folder_new();
    struct err e;
    struct stat st;
    assert_int_equal(file_replace(in(&f, "a"), text("old"), 0600, &e), 0);
    assert_int_equal(file_replace(in(&f, "a"), text("new"), 0600, &e), 0);
    holds(&f, "a", "new");
    assert_int_equal(stat(in(&f, "a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_not_equal(access(in(&f, "a.new"), F_OK), 0);
}

/* a run that was killed while it wrote left half a file beside; the next one is not stopped by it */
CASE(file_replace_after_a_killed_run)
{
    CLEANUP(folder_done) struct folder f = folder_new();
    struct err e;
    assert_int_equal(file_replace(in(&f, "a"), text("old"), 0600, &e), 0);
    assert_int_equal(file_create(in(&f, "a.new"), text("ha"), 0600, &e), 0);
    holds(&f, "a", "old");
    assert_int_equal(file_replace(in(&f, "a"), text("new"), 0600, &e), 0);
    holds(&f, "a", "new");
}

CASE(file_create_never_overwrites)
{
    CLEANUP(folder_done) struct folder f = folder_new();
    struct err e;
    assert_int_equal(file_create(in(&f, "a"), text("first"), 0600, &e), 0);
    assert_int_equal(file_create(in(&f, "a"), text("second"), 0600, &e), ERR_EXISTS);
    holds(&f, "a", "first");
}

CASE(file_read_says_what_is_missing_or_too_long)
{
    CLEANUP(folder_done) struct folder f = folder_new();
    struct bytes b;
    struct err e;
    assert_int_equal(file_read(f.a, in(&f, "a"), 10, &b, &e), ERR_NOT_FOUND);
    assert_int_equal(file_create(in(&f, "a"), text("12345678901"), 0600, &e), 0);
    assert_int_equal(file_read(f.a, in(&f, "a"), 10, &b, &e), ERR_FAULT);
    assert_int_equal(file_read(f.a, f.path, 10, &b, &e), ERR_FAULT);
}

CASE(file_journal_keeps_every_line)
{
    CLEANUP(folder_done) struct folder f = folder_new();
    struct err e;
    int fd = -1;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(file_journal(in(&f, "journal"), 0600, &fd, &e), 0);
        assert_int_equal(file_append(fd, text("line\n"), &e), 0);
        close(fd);
    }
    holds(&f, "journal", "line\nline\n");
}

CASE(file_in_no_folder_is_a_fault)
{
    struct err e;
    assert_int_equal(file_replace("/nonexistent/a", text("x"), 0600, &e), ERR_FAULT);
    assert_int_equal(file_remove("/nonexistent/a", &e), 0);
}
