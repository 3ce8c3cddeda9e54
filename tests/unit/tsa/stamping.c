#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/tsp.h"
#include "tsa.h"
#include "unit/crypto/pki.h"

#define LISTEN "127.0.0.1:31897"

/* An authority on the test lab's time-stamp certificate. */
struct stamper {
    struct pki *p;
    struct tsa_settings settings;
    struct tsa *t;
    struct tsp_trust *trust;
};

static struct stamper *stamper_new(void)
{
    struct stamper *s = calloc(1, sizeof *s);
    struct err e;
    s->p = pki_new();
    pki_write(s->p, "tsa.ini", pki_bytes("listen = " LISTEN "\ncertificate = tsa.pem\nkey = tsa.key\nserial = serial\naccuracy_ms = 250\n"));
    assert_int_equal(tsa_settings_read(pki_path(s->p, "tsa.ini"), &s->settings, &e), 0);
    assert_int_equal(tsa_new(&s->settings, &s->t, &e), 0);
    s->trust = tsp_trust_new(certificate_to_pem(s->p->a, s->p->stamp_root), &e);
    return s;
}

static void stamper_done(struct stamper **at)
{
    struct stamper *s = *at;
    tsa_free(s->t);
    tsp_trust_free(s->trust);
    pki_free(s->p);
    free(s);
}

static struct bytes query(struct stamper *s, const char *data)
{
    uint8_t imprint[DIGEST_LEN];
    struct bytes q;
    struct err e;
    digest_sha256(data, strlen(data), imprint);
    assert_int_equal(tsp_request(s->p->a, imprint, true, &q, &e), 0);
    return q;
}

CASE(tsa_answers_with_a_token_that_holds)
{
    CLEANUP(stamper_done) struct stamper *s = stamper_new();
    struct bytes reply;
    struct err e;
    int64_t at = 0;
    assert_int_equal(tsa_answer(s->t, s->p->a, query(s, "checkpoint"), &reply, &e), 0);
    assert_int_equal(tsp_verify(s->trust, pki_bytes("checkpoint"), reply, &at, &e), 0);
    assert_true(at <= clock_ms() && at > clock_ms() - 10000);
}

CASE(tsa_gives_no_number_twice_over_a_restart)
{
    CLEANUP(stamper_done) struct stamper *s = stamper_new();
    struct bytes reply;
    struct err e;
    for (int i = 0; i < 3; i++)
        assert_int_equal(tsa_answer(s->t, s->p->a, query(s, "x"), &reply, &e), 0);
    s->t = tsa_free(s->t);
    assert_int_equal(tsa_new(&s->settings, &s->t, &e), 0);
    assert_int_equal(tsa_answer(s->t, s->p->a, query(s, "x"), &reply, &e), 0);
    assert_string_equal((const char *)pki_read(s->p, "serial").data, "4\n");
}

CASE(tsa_settings_name_what_is_wrong)
{
    CLEANUP(stamper_done) struct stamper *s = stamper_new();
    struct tsa_settings settings;
    struct err e;
    pki_write(s->p, "bad.ini", pki_bytes("listen = " LISTEN "\ncolour = blue\n"));
    assert_int_equal(tsa_settings_read(pki_path(s->p, "bad.ini"), &settings, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "line 2"));
    pki_write(s->p, "bad.ini", pki_bytes("listen = " LISTEN "\n"));
    assert_int_equal(tsa_settings_read(pki_path(s->p, "bad.ini"), &settings, &e), ERR_FAULT);
    assert_int_equal(tsa_settings_read(pki_path(s->p, "absent.ini"), &settings, &e), ERR_FAULT);
}

CASE(tsa_does_not_start_with_a_key_that_does_not_fit)
{
    CLEANUP(stamper_done) struct stamper *s = stamper_new();
    struct tsa *other = NULL;
    struct err e;
    pki_write(s->p, "tsa.key", pki_read(s->p, "person.key"));
    assert_int_equal(tsa_new(&s->settings, &other, &e), ERR_FAULT);
}

/* the authority in a process of its own; ready when it says so */
static pid_t serve(struct stamper *s)
{
    int ends[2];
    char word[7] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t pid = test_fork();
    if (pid == 0) {
        char fd[12];
        struct err e;
        close(ends[0]);
        snprintf(fd, sizeof fd, "%d", ends[1]);
        setenv("STEMMA_READY_FD", fd, 1);
        _exit(tsa_serve(s->t, s->settings.listen, &e) == 0 ? 0 : 1);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], word, 6);
    close(ends[0]);
    assert_int_equal(n, 6);
    assert_string_equal(word, "READY\n");
    return pid;
}

CASE(tsa_is_asked_over_http)
{
    CLEANUP(stamper_done) struct stamper *s = stamper_new();
    pid_t pid = serve(s);
    struct bytes reply = {NULL, 0}, long_one = {(const uint8_t *)arena_alloc(s->p->a, 9000), 9000}, ignored;
    struct err e, other;
    int64_t at = 0;
    int status = 0;
    int asked = tsp_fetch(s->p->a, "http://" LISTEN "/", query(s, "checkpoint"), 5, &reply, &e);
    int asked_too_long = tsp_fetch(s->p->a, "http://" LISTEN "/", long_one, 5, &ignored, &other);
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    if (asked != 0)
        fail_msg("%s", e.text);
    assert_int_equal(tsp_verify(s->trust, pki_bytes("checkpoint"), reply, &at, &e), 0);
    assert_int_equal(asked_too_long, ERR_UNAVAILABLE);
}
