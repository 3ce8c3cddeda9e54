#include "support/test.h"

#include <string.h>

#include "dossier/zip.h"

static struct arena *a;
static struct err e;

static struct bytes as_bytes(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static struct bytes sample(void)
{
    struct zip_member *m = ARENA_ARRAY(a, struct zip_member, 3);
    struct bytes file;
    m[0] = (struct zip_member){.name = "mimetype", .data = as_bytes("text")};
    m[1] = (struct zip_member){.name = "a/b.txt", .data = as_bytes("hello")};
    m[2] = (struct zip_member){.name = "a/empty", .data = as_bytes("")};
    assert_int_equal(zip_write(a, &(struct zip){m, 3, NULL}, &file, &e), 0);
    return file;
}

static int read_it(const void *data, size_t len)
{
    struct zip zip;
    return zip_read(a, (struct bytes){data, len}, &zip, &e);
}

#define BEGIN a = arena_new(0)
#define END a = arena_free(a)

CASE(F_dossier_zip_round_trip)
{
    struct zip zip;
    BEGIN;
    assert_int_equal(zip_read(a, sample(), &zip, &e), 0);
    assert_int_equal(zip.count, 3);
    assert_string_equal(zip.member[1].name, "a/b.txt");
    assert_memory_equal(zip_find(&zip, "a/b.txt").data, "hello", 5);
    assert_non_null(zip_find(&zip, "a/empty").data);
    assert_null(zip_find(&zip, "a/c").data);
    END;
}

CASE(F_dossier_zip_same_inputs_same_bytes)
{
    BEGIN;
    struct bytes x = sample(), y = sample();
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
    END;
}

CASE(F_dossier_zip_any_flipped_bit_changes_content_or_is_refused)
{
    BEGIN;
    struct bytes file = sample();
    for (size_t i = 0; i < file.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            char *bad = arena_dup(a, file.data, file.len);
            bad[i] = (char)(bad[i] ^ (1 << bit));
            assert_int_equal(read_it(bad, file.len), ERR_DOSSIER_REFUSED);   /* a CRC covers the contents */
        }
    END;
}

CASE(F_dossier_zip_every_truncation_is_refused)
{
    BEGIN;
    struct bytes file = sample();
    for (size_t n = 0; n < file.len; n++)
        assert_int_equal(read_it(file.data, n), ERR_DOSSIER_REFUSED);
    END;
}

CASE(L24_zip_bytes_before_between_behind)
{
    BEGIN;
    struct bytes file = sample();
    char *more = arena_alloc(a, file.len + 1);
    for (size_t at = 0; at <= file.len; at++) {
        memcpy(more, file.data, at);
        more[at] = 'P';
        memcpy(more + at + 1, file.data + at, file.len - at);
        assert_int_equal(read_it(more, file.len + 1), ERR_DOSSIER_REFUSED);
    }
    END;
}

CASE(L24_zip_two_files_one_behind_the_other)
{
    BEGIN;
    struct bytes file = sample();
    char *twice = arena_alloc(a, 2 * file.len);
    memcpy(twice, file.data, file.len);
    memcpy(twice + file.len, file.data, file.len);
    assert_int_equal(read_it(twice, 2 * file.len), ERR_DOSSIER_REFUSED);
    END;
}

CASE(L24_zip_duplicate_and_colliding_names)
{
    struct zip_member twice[] = {{.name = "a"}, {.name = "a"}}, folded[] = {{.name = "a/B"}, {.name = "A/b"}};
    struct bytes file;
    BEGIN;
    assert_int_equal(zip_write(a, &(struct zip){twice, 2, NULL}, &file, &e), ERR_DOSSIER_REFUSED);
    assert_int_equal(zip_write(a, &(struct zip){folded, 2, NULL}, &file, &e), ERR_DOSSIER_REFUSED);
    assert_true(strstr(e.text, "A/b") != NULL && strstr(e.text, "a/B") != NULL);      /* as they are in the file */
    END;
}

/* Duplicate names in a file that the writer would not make: the second member renamed byte for byte. */
CASE(L24_zip_duplicate_names_in_a_file)
{
    struct zip_member m[] = {{.name = "a", .data = {(const uint8_t *)"x", 1}}, {.name = "b", .data = {(const uint8_t *)"y", 1}}};
    struct bytes file;
    BEGIN;
    assert_int_equal(zip_write(a, &(struct zip){m, 2, NULL}, &file, &e), 0);
    char *bad = arena_dup(a, file.data, file.len);
    for (size_t i = 0; i + 1 < file.len; i++)
        if (bad[i] == 'b')
            bad[i] = 'a';
    assert_int_equal(read_it(bad, file.len), ERR_DOSSIER_REFUSED);
    END;
}

CASE(L24_zip_names)
{
    static const char *const bad[] = {"", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.b", "-a", "a b", "a\\b", "\xc3\xa9"};
    static const char *const good[] = {"a", "a/b", "A.b-c_d/0", "META-INF/x.p7s"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(zip_name_is_valid(bad[i]));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(zip_name_is_valid(good[i]));
}

CASE(L24_zip_fewer_than_1000_members)
{
    struct bytes file;
    BEGIN;
    struct zip_member *m = ARENA_ARRAY(a, struct zip_member, 1000);
    for (int i = 0; i < 1000; i++)
        m[i] = (struct zip_member){.name = arena_printf(a, "n%d", i)};
    assert_int_equal(zip_write(a, &(struct zip){m, 999, NULL}, &file, &e), 0);
    assert_int_equal(read_it(file.data, file.len), 0);
    assert_int_equal(zip_write(a, &(struct zip){m, 1000, NULL}, &file, &e), ERR_DOSSIER_REFUSED);
    END;
}

/* A name, a size, a checksum, a date in one header that the other has not. */
CASE(L24_zip_local_and_central_header_differ)
{
    BEGIN;
    struct bytes file = sample();
    for (size_t at = 4; at < 30 + strlen("mimetype"); at++) {
        char *bad = arena_dup(a, file.data, file.len);
        bad[at] = (char)(bad[at] + 1);
        assert_int_equal(read_it(bad, file.len), ERR_DOSSIER_REFUSED);
    }
    END;
}

CASE(L24_zip_with_a_comment)
{
    BEGIN;
    struct bytes file = sample();
    char *bad = arena_alloc(a, file.len + 1);
    memcpy(bad, file.data, file.len);
    bad[file.len - 2] = 1;
    bad[file.len] = '!';
    assert_int_equal(read_it(bad, file.len + 1), ERR_DOSSIER_REFUSED);
    END;
}
