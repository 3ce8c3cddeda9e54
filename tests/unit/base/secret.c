/* A secret is a line as it was given: never cut, never a piece of the next one. */
#include "support/test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"

static struct err e;

/* a descriptor that gives ${text} */
static int given(const char *text)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    close(ends[1]);
    return ends[0];
}

CASE(secret_is_one_line_of_the_descriptor)
{
    uint8_t secret[16];
    size_t len = 0;
    int fd = given("one\nsixteen bytes ab\n\nlast");
    assert_int_equal(secret_read(fd, "", secret, sizeof secret, &len, &e), 0);
    assert_int_equal(len, 3);
    assert_memory_equal(secret, "one", 3);
    assert_int_equal(secret_read_new(fd, "", secret, sizeof secret, &len, &e), 0);
    assert_int_equal(len, 16);
    assert_memory_equal(secret, "sixteen bytes ab", 16);
    assert_int_equal(secret_read(fd, "", secret, sizeof secret, &len, &e), ERR_FIELD_MISSING);
    assert_int_equal(secret_read(fd, "", secret, sizeof secret, &len, &e), 0);
    assert_int_equal(len, 4);
    assert_int_equal(secret_read(fd, "", secret, sizeof secret, &len, &e), ERR_FIELD_MISSING);
    close(fd);
}

CASE(secret_that_is_too_long_is_refused_whole_and_the_next_line_is_the_next)
{
    uint8_t secret[16];
    size_t len = 0;
    int fd = given("seventeen bytes a\nmuch too long a line, and what is left of it is no answer\nnext\n");
    for (int i = 0; i < 2; i++)
        assert_int_equal(secret_read(fd, "", secret, sizeof secret, &len, &e), ERR_FIELD_TOO_LONG);
    assert_non_null(strstr(e.text, "at most 16 bytes"));
    assert_int_equal(secret_read(fd, "", secret, sizeof secret, &len, &e), 0);
    assert_memory_equal(secret, "next", 4);
    close(fd);
}
