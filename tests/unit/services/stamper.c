/* A list of authorities: each kind of bad token is refused, said, and the next authority asked (ledger.md §6, 26). */
#include "stamper.h"

#include <arpa/inet.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/inside.h"
#include "service/metrics.h"
#include "support/test.h"
#include "unit/crypto/pki.h"

/* What is wrong with an authority. */
enum way { GOOD, NO_CERTIFICATE, SHA1_NAMED, NEW_INTERMEDIATE, OLD_REPLY, REJECTS, GARBAGE, HALF };

struct authority {
    enum way way;
    int fd;
    unsigned port;
    atomic_int asked;
    pthread_t thread;
    X509 *certificate, *intermediate;
    EVP_PKEY *key;
};

static ASN1_INTEGER *serial(TS_RESP_CTX *c, void *data)
{
    (void)c, (void)data;
    ASN1_INTEGER *n = ASN1_INTEGER_new();
    ASN1_INTEGER_set(n, 7);
    return n;
}

/* As an authority would that is set up so. */
static int make(const struct authority *t, const uint8_t *query, size_t len, uint8_t **ret)
{
    TS_RESP_CTX *c = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
    const uint8_t *at = query;
    TS_REQ *q = d2i_TS_REQ(NULL, &at, (long)len);
    if (t->way == NO_CERTIFICATE)
        TS_REQ_set_cert_req(q, 0);
    if (t->way == OLD_REPLY) {
        ASN1_INTEGER *other = ASN1_INTEGER_new();
        ASN1_INTEGER_set(other, 4711);
        TS_REQ_set_nonce(q, other);
        ASN1_INTEGER_free(other);
    }
    TS_RESP_CTX_set_signer_cert(c, t->certificate);
    TS_RESP_CTX_set_signer_key(c, t->key);
    TS_RESP_CTX_set_signer_digest(c, EVP_sha256());
    TS_RESP_CTX_set_ess_cert_id_digest(c, t->way == SHA1_NAMED ? EVP_sha1() : EVP_sha256());
    TS_RESP_CTX_set_def_policy(c, policy);
    TS_RESP_CTX_add_md(c, t->way == REJECTS ? EVP_sha512() : EVP_sha256());
    TS_RESP_CTX_set_serial_cb(c, serial, NULL);
    if (t->way == NEW_INTERMEDIATE) {
        STACK_OF(X509) *chain = sk_X509_new_null();
        sk_X509_push(chain, t->intermediate);
        TS_RESP_CTX_set_certs(c, chain);
        sk_X509_free(chain);
    }
    uint8_t *der = NULL;
    int der_len = i2d_TS_REQ(q, &der);
    BIO *bio = BIO_new_mem_buf(der, der_len);
    TS_RESP *r = TS_RESP_create_response(c, bio);
    int n = i2d_TS_RESP(r, ret);
    TS_RESP_free(r);
    BIO_free(bio);
    OPENSSL_free(der);
    TS_REQ_free(q);
    ASN1_OBJECT_free(policy);
    TS_RESP_CTX_free(c);
    return n;
}

static void answer(struct authority *t, int fd)
{
    char text[4096] = "";
    size_t have = 0, want = sizeof text - 1, body = 0;
    while (have < want) {
        ssize_t n = read(fd, text + have, sizeof text - 1 - have);
        if (n <= 0)
            return;
        have += (size_t)n;
        text[have] = '\0';
        const char *end = memmem(text, have, "\r\n\r\n", 4), *length = strcasestr(text, "content-length: ");
        if (end != NULL && length != NULL) {
            body = (size_t)(end + 4 - text);
            want = body + strtoul(length + 16, NULL, 10);
        }
    }
    uint8_t *der = NULL;
    int len = t->way == GARBAGE ? 0 : make(t, (const uint8_t *)text + body, have - body, &der);
    if (t->way == GARBAGE) {
        der = OPENSSL_malloc(100);
        memset(der, '0', 100);
        len = 100;
    }
    if (t->way == HALF)
        len /= 2;
    dprintf(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", len);
    ssize_t written = write(fd, der, (size_t)len);
    (void)written;
    OPENSSL_free(der);
}

static void *serve(void *arg)
{
    struct authority *t = arg;
    for (int fd; (fd = accept(t->fd, NULL, NULL)) >= 0; close(fd)) {
        t->asked++;
        answer(t, fd);
    }
    return NULL;
}

static void authority_begin(struct authority *t, enum way way, struct pki *p)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    *t = (struct authority){.way = way, .fd = socket(AF_INET, SOCK_STREAM, 0), .certificate = p->stamp->x509, .key = p->stamp_key->pkey};
    assert_int_equal(bind(t->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(t->fd, 4), 0);
    getsockname(t->fd, (struct sockaddr *)&at, &len);
    t->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&t->thread, NULL, serve, t), 0);
}

static void authority_end(struct authority *t)
{
    shutdown(t->fd, SHUT_RDWR);
    pthread_join(t->thread, NULL);
    close(t->fd);
}

static struct stamper *stamper_of(struct pki *p, const struct authority *list, size_t n)
{
    struct buf urls = buf_new(p->a);
    struct stamper *s = NULL;
    struct err e;
    for (size_t i = 0; i < n; i++)
        buf_printf(&urls, " http://127.0.0.1:%u/", list[i].port);
    assert_int_equal(stamper_new(urls.text, certificate_to_pem(p->a, p->stamp_root), 5, &s, &e), 0);
    return s;
}

static int64_t alerts(struct arena *a)
{
    struct buf b = buf_new(a);
    metrics_text(&b, "sequencer");
    const char *at = strstr(b.text, "stemma_alerts_total{kind=\"tsa\"} ");
    return at == NULL ? 0 : strtoll(at + 32, NULL, 10);
}

/* The first authority is bad in this way: alone it gives nothing, with a second the second's token is taken. */
static void falls_back(enum way way)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct authority t[2];
    struct bytes token;
    struct err e;
    int64_t at = 0, before = alerts(p->a);
    authority_begin(&t[0], way, p);
    authority_begin(&t[1], GOOD, p);
    struct stamper *alone = stamper_of(p, t, 1), *both = stamper_of(p, t, 2);
    assert_int_not_equal(stamper_stamp(alone, p->a, pki_bytes("checkpoint"), 0, &token, &at, &e), 0);
    assert_int_equal(t[0].asked, 1);
    assert_int_equal(stamper_stamp(both, p->a, pki_bytes("checkpoint"), 0, &token, &at, &e), 0);
    assert_true(at > clock_ms() - 60000);
    assert_int_equal(t[0].asked, 2);
    assert_int_equal(t[1].asked, 1);
    assert_int_equal(alerts(p->a), before + 2);
    assert_int_equal(stamper_stamp(both, p->a, pki_bytes("checkpoint"), 0, &token, &at, &e), 0);
    assert_int_equal(t[0].asked, 2);    /* it rests */
    stamper_free(alone);
    stamper_free(both);
    authority_end(&t[0]);
    authority_end(&t[1]);
}

CASE(L27_renewal_takes_the_token_that_lasts_longest)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct authority t[3];
    struct ca root = {p->stamp_root, p->stamp_root_key};
    struct ca_request brief = {CA_STAMP, "brief", NULL, NULL, 30};
    struct certificate *c = NULL;
    struct lasting best;
    struct err e;
    int64_t ms = 0;
    assert_int_equal(ca_issue(&root, &brief, p->stamp_key, &c, &e), 0);
    authority_begin(&t[0], GOOD, p);
    authority_begin(&t[1], GOOD, p);
    authority_begin(&t[2], GARBAGE, p);
    t[0].certificate = c->x509;
    struct stamper *s = stamper_of(p, t, 3);
    assert_int_equal(stamper_longest(s, p->a, pki_bytes("checkpoint"), false, TIME_ABSENT, &best, &e), 0);
    assert_string_equal(best.authority, certificate_facts(p->stamp)->common_name);
    assert_int_equal(best.end_ms, certificate_facts(p->stamp)->not_after_ms + 999);
    assert_true(t[0].asked == 1 && t[1].asked == 1 && t[2].asked == 1);
    struct stamper *alone = stamper_of(p, t, 1), *none = stamper_of(p, &t[2], 1);
    assert_int_equal(stamper_longest(alone, p->a, pki_bytes("checkpoint"), false, TIME_ABSENT, &best, &e), 0);
    assert_string_equal(best.authority, "brief");
    assert_int_not_equal(stamper_longest(none, p->a, pki_bytes("checkpoint"), false, TIME_ABSENT, &best, &e), 0);
    assert_int_equal(stamper_stamp(alone, p->a, pki_bytes("checkpoint"), 0, &best.token, &ms, &e), 0);
    stamper_free(s);
    stamper_free(alone);
    stamper_free(none);
    for (int i = 0; i < 3; i++)
        authority_end(&t[i]);
    certificate_free(c);
}

CASE(L26_token_without_its_certificate_the_next_authority)
{
    falls_back(NO_CERTIFICATE);
}

CASE(L26_certificate_named_by_sha1_the_next_authority)
{
    falls_back(SHA1_NAMED);
}

CASE(L26_reply_to_another_request_the_next_authority)
{
    falls_back(OLD_REPLY);
}

CASE(L26_rejection_the_next_authority)
{
    falls_back(REJECTS);
}

CASE(L26_garbage_the_next_authority)
{
    falls_back(GARBAGE);
}

CASE(L26_half_a_reply_the_next_authority)
{
    falls_back(HALF);
}

CASE(L26_nobody_answers_the_next_authority)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct authority t;
    struct bytes token;
    struct stamper *s = NULL;
    struct err e;
    int64_t at = 0;
    authority_begin(&t, GOOD, p);
    const char *urls = arena_printf(p->a, "http://127.0.0.1:9/ http://127.0.0.1:%u/", t.port);
    assert_int_equal(stamper_new(urls, certificate_to_pem(p->a, p->stamp_root), 2, &s, &e), 0);
    assert_int_equal(stamper_stamp(s, p->a, pki_bytes("checkpoint"), 0, &token, &at, &e), 0);
    stamper_free(s);
    authority_end(&t);
}

/* A certificate below a new intermediate, signed by the same root: its chain travels in the token, and it holds. */
static X509 *issue(X509 *issuer, EVP_PKEY *issuer_key, EVP_PKEY *key, const char *name, const char *const (*extensions)[2])
{
    X509 *c = X509_new();
    X509V3_CTX context;
    X509_set_version(c, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c), (long)name[0]);
    X509_gmtime_adj(X509_getm_notBefore(c), -60);
    X509_gmtime_adj(X509_getm_notAfter(c), 86400);
    X509_set_pubkey(c, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC, (const uint8_t *)name, -1, -1, 0);
    X509_set_issuer_name(c, X509_get_subject_name(issuer));
    X509V3_set_ctx(&context, issuer, c, NULL, NULL, 0);
    for (size_t i = 0; extensions[i][0] != NULL; i++) {
        X509_EXTENSION *x = X509V3_EXT_conf(NULL, &context, extensions[i][0], extensions[i][1]);
        assert_non_null(x);
        X509_add_ext(c, x, -1);
        X509_EXTENSION_free(x);
    }
    assert_true(X509_sign(c, issuer_key, EVP_sha256()) > 0);
    return c;
}

CASE(L26_new_intermediate_holds_when_its_chain_is_in_the_token)
{
    static const char *const ca[][2] = {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "critical,keyCertSign"},
                                        {"subjectKeyIdentifier", "hash"}, {NULL, NULL}};
    static const char *const leaf[][2] = {{"basicConstraints", "critical,CA:FALSE"}, {"keyUsage", "critical,digitalSignature"},
                                          {"extendedKeyUsage", "critical,timeStamping"}, {NULL, NULL}};
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct authority t;
    struct bytes token;
    struct err e;
    int64_t at = 0;
    EVP_PKEY *middle_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *middle = issue(p->stamp_root->x509, p->stamp_root_key->pkey, middle_key, "Second", ca);
    X509 *certificate = issue(middle, middle_key, key, "Unit 2", leaf);
    authority_begin(&t, NEW_INTERMEDIATE, p);
    t.intermediate = middle;
    t.certificate = certificate;
    t.key = key;
    struct stamper *s = stamper_of(p, &t, 1);
    assert_int_equal(stamper_stamp(s, p->a, pki_bytes("checkpoint"), 0, &token, &at, &e), 0);
    t.way = GOOD;                       /* now the chain is left out */
    assert_int_equal(stamper_stamp(s, p->a, pki_bytes("checkpoint"), 0, &token, &at, &e), ERR_SIGNATURE_REFUSED);
    stamper_free(s);
    authority_end(&t);
    X509_free(middle);
    X509_free(certificate);
    EVP_PKEY_free(middle_key);
    EVP_PKEY_free(key);
}

CASE(L26_all_failed_are_asked_again_the_next_time)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct authority t;
    struct bytes token;
    struct err e;
    int64_t at = 0;
    authority_begin(&t, GARBAGE, p);
    struct stamper *s = stamper_of(p, &t, 1);
    assert_int_not_equal(stamper_stamp(s, p->a, pki_bytes("checkpoint"), 0, &token, &at, &e), 0);
    t.way = GOOD;
    assert_int_equal(stamper_stamp(s, p->a, pki_bytes("checkpoint"), 0, &token, &at, &e), 0);
    stamper_free(s);
    authority_end(&t);
}

CASE(L07_entry_later_than_the_token_by_more_than_a_second_gets_none)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct authority t;
    struct bytes token;
    struct err e;
    int64_t at = 0;
    authority_begin(&t, GOOD, p);
    struct stamper *s = stamper_of(p, &t, 1);
    assert_int_equal(stamper_stamp(s, p->a, pki_bytes("checkpoint"), clock_ms() + 3600000, &token, &at, &e), ERR_CLOCK_REFUSED);
    assert_int_equal(stamper_stamp(s, p->a, pki_bytes("checkpoint"), clock_ms() - 3600000, &token, &at, &e), 0);
    stamper_free(s);
    authority_end(&t);
}

/* A renewal, too, takes no token that a verifier would refuse, however long it lasts. */
CASE(L07_renewal_takes_no_token_that_is_too_early_for_the_last_entry)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct authority t;
    struct lasting best;
    struct err e;
    authority_begin(&t, GOOD, p);
    struct stamper *s = stamper_of(p, &t, 1);
    assert_int_equal(stamper_longest(s, p->a, pki_bytes("checkpoint"), false, clock_ms() + 20000, &best, &e), ERR_CLOCK_REFUSED);
    assert_int_equal(stamper_longest(s, p->a, pki_bytes("checkpoint"), false, clock_ms(), &best, &e), 0);
    stamper_free(s);
    authority_end(&t);
}

CASE(L26_list_of_authorities_is_checked_at_start)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct stamper *s = NULL;
    struct err e;
    const char *root = certificate_to_pem(p->a, p->stamp_root);
    assert_int_equal(stamper_new(" ", root, 1, &s, &e), ERR_FAULT);
    assert_int_equal(stamper_new("a b c d e f g h i", root, 1, &s, &e), ERR_FAULT);
    assert_int_equal(stamper_new("http://127.0.0.1:9/", "no root", 1, &s, &e), ERR_FAULT);
}
