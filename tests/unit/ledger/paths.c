#include "ledger/paths.h"

#include <string.h>

#include "support/test.h"

static void is_name(const char *path, enum log_file_kind kind, unsigned level, uint64_t n, unsigned width)
{
    struct log_path p;
    struct err e;
    struct arena *a = arena_new(0);
    if (log_path_parse(path, &p, &e) != 0)
        fail_msg("%s: %s", path, e.text);
    assert_int_equal(p.kind, kind);
    if (kind != LOG_CHECKPOINT) {
        assert_int_equal(p.level, level);
        assert_true(p.n == n);
        assert_int_equal(p.width, width);
    }
    assert_string_equal(log_path_text(a, &p), path);
    arena_free(a);
}

static bool is_in(const char *path, uint64_t size)
{
    struct log_path p;
    struct err e;
    assert_int_equal(log_path_parse(path, &p, &e), 0);
    return log_path_is_in(&p, size);
}

CASE(F_tiles_names_as_c2sp_writes_them)
{
    is_name("checkpoint", LOG_CHECKPOINT, 0, 0, 0);
    is_name("tile/0/x001/x234/067", LOG_HASHES, 0, 1234067, 256);
    is_name("tile/0/000", LOG_HASHES, 0, 0, 256);
    is_name("tile/1/001.p/17", LOG_HASHES, 1, 1, 17);
    is_name("tile/63/999", LOG_HASHES, 63, 999, 256);
    is_name("tile/entries/x273/112.p/255", LOG_ENTRIES, 0, 273112, 255);
    is_name("tile/entries/x001/000", LOG_ENTRIES, 0, 1000, 256);
}

CASE(L06_other_spellings_are_no_names)
{
    static const char *const others[] = {
        "", "/checkpoint", "checkpoint/", "Checkpoint", "checkpoint?x", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00",
        "tile/0/0000", "tile/0/x000/001", "tile/0/x001", "tile/0/x001/", "tile/0/001/002", "tile/0/x001/x002", "tile/00/001",
        "tile/64/000", "tile/-1/000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/000.p/1/", "tile/0/000.p/1.p/1", "tile/0/000?a=b", "tile/0/000 ", "tile/entries", "tile/entries/", "tile/entries/x",
        "tile/entry/000", "tile/0/../000", "tile/0/x001/x001/x001/x001/x001/x001/001", "tile/0/\xc2\xb9""00"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct log_path p;
        struct err e;
        if (log_path_parse(others[i], &p, &e) != ERR_NOT_FOUND)
            fail_msg("\"%s\" is taken", others[i]);
    }
}

/* the example of c2sp.org/tlog-tiles */
CASE(F_tiles_of_a_tree_of_70000)
{
    assert_true(is_in("tile/0/272", 70000));
    assert_false(is_in("tile/0/273", 70000));
    assert_true(is_in("tile/0/273.p/112", 70000));
    assert_false(is_in("tile/0/273.p/113", 70000));
    assert_true(is_in("tile/1/000", 70000));
    assert_true(is_in("tile/1/001.p/17", 70000));
    assert_false(is_in("tile/1/001.p/18", 70000));
    assert_true(is_in("tile/2/000.p/1", 70000));
    assert_false(is_in("tile/2/000.p/2", 70000));
    assert_false(is_in("tile/3/000.p/1", 70000));
    assert_false(is_in("tile/63/000.p/1", 70000));
    assert_true(is_in("tile/entries/273.p/112", 70000));
    assert_false(is_in("tile/entries/273.p/113", 70000));
    assert_true(is_in("tile/1/000.p/1", 256));
    assert_false(is_in("tile/1/000.p/1", 255));
    assert_false(is_in("tile/0/x999/x999/x999/x999/999", UINT64_C(1) << 40));
}
