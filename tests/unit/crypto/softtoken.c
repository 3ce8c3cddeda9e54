#include "softtoken.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "file/file.h"
#include "support/test.h"

void soft_token_more(struct pki *p, const char *label)
{
    assert_int_equal(pki_run(p, arena_printf(p->a, "softhsm2-util --init-token --free --label %s --pin " SOFT_PIN
                                         " --so-pin 12345678", label)), 0);
}

void soft_token(struct pki *p)
{
    struct err e;
    if (access(SOFT_TOKEN, R_OK) != 0)
        test_skip_without("softhsm2");
    assert_int_equal(file_folder(pki_path(p, "tokens"), 0700, &e), 0);
    pki_write(p, "softhsm2.conf", pki_bytes(arena_printf(p->a, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
                                                         pki_path(p, "tokens"))));
    setenv("SOFTHSM2_CONF", pki_path(p, "softhsm2.conf"), 1);
    soft_token_more(p, SOFT_LABEL);
}

struct token *soft_token_open(const char *label)
{
    struct token *t = NULL;
    struct err e;
    if (token_open(&(struct token_place){SOFT_TOKEN, label}, pki_bytes(SOFT_PIN), &t, &e) != 0)
        fail_msg("%s", e.text);
    return t;
}
