#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/settings.h"
#include "support/test.h"

#define LEAST "tls_certificate = c.pem\ntls_key = /k.pem\ncurve_secret = g.key\ncurve_public = p\ndirectory = d.ini\nterminal = T-WEB\n"

static int read_text(struct arena *a, const char *text, struct gateway_settings *ret, struct err *e)
{
    char path[] = "/tmp/gateway_settingsXXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (long)strlen(text));
    close(fd);
    int code = gateway_settings_read(a, path, ret, e);
    unlink(path);
    return code;
}

CASE(settings_defaults_and_paths_from_the_files_folder)
{
    struct arena *a = arena_new(0);
    struct gateway_settings s;
    struct err e;
    assert_int_equal(read_text(a, LEAST "threads = 7\n", &s, &e), 0);
    assert_string_equal(s.tls_certificate, "/tmp/c.pem");
    assert_string_equal(s.tls_key, "/k.pem");
    assert_string_equal(s.listen, "127.0.0.1:8443");
    assert_int_equal(s.threads, 7);
    assert_int_equal(s.body_max, 262144);
    arena_free(a);
}

CASE(settings_slips_are_named)
{
    struct arena *a = arena_new(0);
    struct gateway_settings s;
    struct err e;
    assert_int_equal(read_text(a, LEAST "thread = 7\n", &s, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "line 7"));
    assert_int_equal(read_text(a, LEAST "threads = many\n", &s, &e), ERR_FAULT);
    assert_int_equal(read_text(a, LEAST "threads = 0\n", &s, &e), ERR_FAULT);
    assert_int_equal(read_text(a, LEAST "time_zone = \"}\n", &s, &e), ERR_FAULT);
    assert_int_equal(read_text(a, LEAST "time_zone = Europe/Berlin\n", &s, &e), 0);
    assert_string_equal(s.time_zone, "Europe/Berlin");
    assert_int_equal(read_text(a, "terminal = T-WEB\n", &s, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "tls_certificate is missing"));
    assert_int_equal(gateway_settings_read(a, "/nowhere/gateway.ini", &s, &e), ERR_FAULT);
    arena_free(a);
}
