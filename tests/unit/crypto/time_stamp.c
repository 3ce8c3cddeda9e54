#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/tsp.h"
#include "unit/crypto/pki.h"

static struct bytes request_for(struct pki *p, const char *data, bool nonce)
{
    uint8_t imprint[DIGEST_LEN];
    struct bytes request;
    struct err e;
    digest_sha256(data, strlen(data), imprint);
    assert_int_equal(tsp_request(p->a, imprint, nonce, &request, &e), 0);
    return request;
}

static struct bytes reply_to(struct pki *p, struct bytes request)
{
    const struct tsp_authority authority = {p->stamp, p->stamp_key, "1.3.6.1.4.1.99999.1", 500};
    struct bytes reply;
    struct err e;
    assert_int_equal(tsp_reply(p->a, &authority, request, 7, &reply, &e), 0);
    return reply;
}

static int judge(struct pki *p, const struct certificate *root, const char *data, struct bytes reply, int64_t *ret_ms)
{
    struct err e;
    struct tsp_trust *t = tsp_trust_new(certificate_to_pem(p->a, root), &e);
    assert_non_null(t);
    int rc = tsp_verify(t, pki_bytes(data), reply, ret_ms, &e);
    tsp_trust_free(t);
    return rc;
}

CASE(F_checkpoint_time_stamp_gives_its_time)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t before = clock_ms(), at = 0;
    struct bytes reply = reply_to(p, request_for(p, "checkpoint", true));
    assert_int_equal(judge(p, p->stamp_root, "checkpoint", reply, &at), 0);
    assert_true(at >= before && at <= clock_ms());
}

CASE(F_checkpoint_time_stamp_is_over_its_bytes_alone)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t at = 0;
    struct bytes reply = reply_to(p, request_for(p, "checkpoint", false));
    assert_int_equal(judge(p, p->stamp_root, "checkpoinu", reply, &at), ERR_SIGNATURE_REFUSED);
}

CASE(F_checkpoint_time_stamp_under_another_root_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t at = 0;
    assert_int_equal(judge(p, p->root, "checkpoint", reply_to(p, request_for(p, "checkpoint", false)), &at), ERR_SIGNATURE_REFUSED);
}

CASE(F_checkpoint_time_stamp_with_trailing_bytes_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t at = 0;
    struct bytes reply = reply_to(p, request_for(p, "checkpoint", false));
    struct bytes longer = {(const uint8_t *)arena_dup(p->a, reply.data, reply.len), reply.len + 1};
    assert_int_equal(judge(p, p->stamp_root, "checkpoint", longer, &at), ERR_SIGNATURE_REFUSED);
}

CASE(L27_time_stamp_holds_after_its_authority_expired)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t at = 0, past = 0;
    assert_true(clock_from_text("2020-06-01T12:00:00.250Z", 24, &past));
    clock_set(past);
    CLEANUP(pki_done) struct pki *old = pki_new();
    struct bytes reply = reply_to(old, request_for(old, "checkpoint", false));
    clock_set(TIME_ABSENT);
    assert_int_equal(judge(p, old->stamp_root, "checkpoint", reply, &at), 0);
    assert_int_equal(at, past);
}

CASE(F_checkpoint_time_stamp_holds_for_the_openssl_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    pki_write(p, "data", pki_bytes("checkpoint"));
    pki_write(p, "q", request_for(p, "checkpoint", true));
    pki_write(p, "r", reply_to(p, pki_read(p, "q")));
    assert_int_equal(pki_run(p, "openssl ts -verify -data @data -in @r -CAfile @tsaroot.pem"), 0);
    assert_int_equal(pki_run(p, "openssl ts -verify -queryfile @q -in @r -CAfile @tsaroot.pem"), 0);
    assert_int_not_equal(pki_run(p, "openssl ts -verify -data @data -in @r -CAfile @root.pem"), 0);
}

CASE(F_checkpoint_time_stamp_asked_by_the_openssl_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t at = 0;
    pki_write(p, "data", pki_bytes("checkpoint"));
    assert_int_equal(pki_run(p, "openssl ts -query -data @data -sha256 -cert -out @q"), 0);
    assert_int_equal(judge(p, p->stamp_root, "checkpoint", reply_to(p, pki_read(p, "q")), &at), 0);
}

CASE(tsp_authority_rejects_what_is_no_request)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t at = 0;
    assert_int_equal(judge(p, p->stamp_root, "checkpoint", reply_to(p, pki_bytes("hello")), &at), ERR_SIGNATURE_REFUSED);
}

CASE(tsp_authority_without_its_key_usage_cannot_stamp)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    const struct tsp_authority authority = {p->person, p->person_key, "1.3.6.1.4.1.99999.1", 500};
    struct bytes reply;
    struct err e;
    assert_int_equal(tsp_reply(p->a, &authority, request_for(p, "checkpoint", false), 7, &reply, &e), ERR_FAULT);
}

CASE(tsp_fetch_says_when_nobody_answers)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes reply;
    struct err e;
    assert_int_equal(tsp_fetch(p->a, "http://127.0.0.1:9/", pki_bytes("q"), 2, &reply, &e), ERR_UNAVAILABLE);
    assert_int_equal(tsp_fetch(p->a, "https://127.0.0.1/", pki_bytes("q"), 2, &reply, &e), ERR_UNAVAILABLE);
    assert_int_equal(tsp_fetch(p->a, "nonsense", pki_bytes("q"), 2, &reply, &e), ERR_UNAVAILABLE);
}

/* What ${reply}, a token of 2016-12-31T23:59:59Z, says when its second is written as ${second}. */
static int64_t time_with_second(struct pki *p, struct bytes reply, const char *second)
{
    static const char of[] = "20161231235959";
    char *copy = arena_dup(p->a, reply.data, reply.len), *at = memmem(copy, reply.len, of, sizeof of - 1);
    struct tsp_facts facts;
    struct err e;
    assert_non_null(at);
    memcpy(at + sizeof of - 3, second, 2);
    int code = tsp_facts_of(p->a, (struct bytes){(const uint8_t *)copy, reply.len}, &facts, &e);
    return code == 0 ? facts.time_ms : code == ERR_SIGNATURE_REFUSED ? TIME_ABSENT : -1;
}

/* An authority may write the leap second as 60. Such a token says no time that the record knows, and is none. */
CASE(L07_token_of_a_leap_second_is_none)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t last = 0;
    assert_true(clock_from_text("2016-12-31T23:59:59.000Z", 24, &last));
    clock_set(last);
    struct bytes reply = reply_to(p, request_for(p, "checkpoint", false));
    clock_set(TIME_ABSENT);
    assert_int_equal(time_with_second(p, reply, "59"), last);
    assert_int_equal(time_with_second(p, reply, "58"), last - 1000);
    assert_int_equal(time_with_second(p, reply, "60"), TIME_ABSENT);
}
