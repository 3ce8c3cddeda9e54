#include <stdio.h>
#include <string.h>

#include "gateway/gate.h"
#include "gateway/rate.h"
#include "gateway/route.h"
#include "gateway/sessions.h"
#include "support/test.h"

static struct gate_header header(const char *name, const char *value)
{
    return (struct gate_header){name, strlen(name), value, strlen(value)};
}

#define HEADERS(...) (const struct gate_header[]){__VA_ARGS__}
#define JSON header("Content-Type", "application/json")
#define HOST header("Host", "lab.example:8443")

static int check(const char *method, const char *path, const struct gate_header *headers, size_t count)
{
    struct err e;
    const struct gate_request r = {method, path, "HTTP/1.1", headers, count};
    return gate_check(&r, "", 1000, &e);
}
#define CHECK(method, path, ...) \
    check(method, path, HEADERS(__VA_ARGS__), sizeof(HEADERS(__VA_ARGS__)) / sizeof(struct gate_header))

CASE(gate_admits_plain_requests)
{
    assert_int_equal(CHECK("GET", "/", HOST), 0);
    assert_int_equal(CHECK("GET", "/style.css", HOST, header("Accept", "*/*")), 0);
    assert_int_equal(CHECK("POST", "/api/batch/list", HOST, JSON, header("Content-Length", "2")), 0);
    assert_int_equal(CHECK("POST", "/api/batch/list", HOST, JSON, header("Transfer-Encoding", "chunked")), 0);
}

CASE(gate_two_readings_of_the_length_are_refused)
{
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "2"), header("Transfer-Encoding", "chunked")),
                     ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "2"), header("Content-Length", "3")),
                     ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "2"), header("content-length", "2")),
                     ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "+5")), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "")), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "0x2")), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON), ERR_ENVELOPE_MALFORMED);
}

CASE(gate_transfer_encoding_is_chunked_or_nothing)
{
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Transfer-Encoding", "gzip, chunked")), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Transfer-Encoding", "identity")), ERR_ENVELOPE_MALFORMED);
}

CASE(gate_exactly_one_host)
{
    assert_int_equal(CHECK("GET", "/", header("Accept", "*/*")), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("GET", "/", HOST, header("Host", "other")), ERR_ENVELOPE_MALFORMED);
}

CASE(gate_host_must_be_served_here)
{
    struct err e;
    const struct gate_header h[] = {HOST};
    const struct gate_request r = {"GET", "/", "HTTP/1.1", h, 1};
    assert_int_equal(gate_check(&r, "localhost:8443 lab.example:8443", 10, &e), 0);
    assert_int_equal(gate_check(&r, "localhost:8443", 10, &e), ERR_PEER_REFUSED);
    assert_int_equal(gate_check(&r, "lab.example", 10, &e), ERR_PEER_REFUSED);
}

CASE(gate_header_names_are_tokens)
{
    assert_int_equal(CHECK("GET", "/", HOST, header("Content-Length ", "0")), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("GET", "/", HOST, header("", "x")), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("GET", "/", HOST, header("A\tB", "x")), ERR_ENVELOPE_MALFORMED);
}

CASE(gate_header_values_hold_no_controls)
{
    assert_int_equal(CHECK("GET", "/", HOST, header("A", "x\ny")), ERR_ENVELOPE_MALFORMED);
    const struct gate_header h[] = {HOST, {"A", 1, "x\0y", 3}};
    assert_int_equal(check("GET", "/", h, 2), ERR_ENVELOPE_MALFORMED);
}

CASE(gate_paths_are_plain)
{
    static const char *const bad[] = {"/../etc", "/a/../b", "/a/.b", "//a", "/%2e", "/a b", "a", "/a?b", "/a\\b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(CHECK("GET", bad[i], HOST), ERR_ENVELOPE_MALFORMED);
}

CASE(gate_version_and_methods)
{
    struct err e;
    const struct gate_header h[] = {HOST};
    const struct gate_request old = {"GET", "/", "HTTP/1.0", h, 1};
    assert_int_equal(gate_check(&old, "", 10, &e), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(CHECK("PUT", "/", HOST), ERR_VERB_UNKNOWN);
    assert_int_equal(CHECK("OPTIONS", "/", HOST), ERR_VERB_UNKNOWN);
    assert_int_equal(CHECK("GET", "/", HOST, header("Content-Length", "5")), ERR_ENVELOPE_MALFORMED);
}

CASE(gate_body_has_a_cap)
{
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "1000")), 0);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "1001")), ERR_BODY_TOO_LARGE);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "9999999999999999")), ERR_ENVELOPE_MALFORMED);
}

CASE(gate_forms_of_other_pages_cannot_send)
{
    assert_int_equal(CHECK("POST", "/a", HOST, header("Content-Type", "text/plain"), header("Content-Length", "2")), ERR_BODY_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, header("Content-Length", "2")), ERR_BODY_MALFORMED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "2"), header("Origin", "https://evil.example")), ERR_PEER_REFUSED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "2"), header("Origin", "http://lab.example:8443")), ERR_PEER_REFUSED);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "2"), header("Origin", "https://lab.example:8443")), 0);
    assert_int_equal(CHECK("POST", "/a", HOST, JSON, header("Content-Length", "2"), header("Sec-Fetch-Site", "cross-site")), ERR_PEER_REFUSED);
}

static int find(const char *method, const char *path, struct route *r)
{
    struct err e;
    return route_find(method, path, r, &e);
}

CASE(route_every_offered_verb_has_its_way)
{
    struct route r;
    char path[120];
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *v = verb_at(i);
        bool act = v->kind == VERB_ACT;
        snprintf(path, sizeof path, "/api/%s/%s%s", v->service, v->verb, act ? "/prepare" : "");
        if (!route_is_offered(v)) {
            assert_int_equal(find("POST", path, &r), ERR_VERB_UNKNOWN);
            continue;
        }
        assert_int_equal(find("POST", path, &r), 0);
        assert_ptr_equal(r.verb, v);
        assert_string_equal(r.phase, act ? "prepare" : "call");
        snprintf(path, sizeof path, "/api/%s/%s%s", v->service, v->verb, act ? "" : "/prepare");
        assert_int_equal(find("POST", path, &r), ERR_PHASE_WRONG);
        assert_int_equal(find("GET", path, &r), ERR_VERB_UNKNOWN);
    }
}

CASE(route_only_login_steps_are_open)
{
    struct route r;
    size_t open = 0;
    char path[120];
    for (size_t i = 0; i < verb_count(); i++) {
        snprintf(path, sizeof path, "/api/%s/%s%s", verb_at(i)->service, verb_at(i)->verb, verb_at(i)->kind == VERB_ACT ? "/commit" : "");
        if (find("POST", path, &r) == 0)
            open += r.open;
    }
    assert_int_equal(open, 4);
    assert_int_equal(find("POST", "/api/signer/sign", &r), 0);
    assert_false(r.open);
}

CASE(route_peer_verbs_are_not_offered)
{
    struct route r;
    assert_int_equal(find("POST", "/api/notary/sign_checkpoint", &r), ERR_VERB_UNKNOWN);
    assert_int_equal(find("POST", "/api/signer/sign_manifest", &r), ERR_VERB_UNKNOWN);
    assert_int_equal(find("POST", "/api/access/login", &r), ERR_VERB_UNKNOWN);
}

CASE(route_nothing_beyond_the_table)
{
    struct route r;
    static const char *const bad[] = {"/api/batch", "/api/batch/", "/api/batch/list/", "/api/batch/list/call", "/api/batch/list/x",
                                      "/api/batch/open/prepare/x", "/api/batch/open/prepared", "/api/Batch/list", "/nothing"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_not_equal(find("POST", bad[i], &r), 0);
    assert_int_equal(find("GET", "/api/batch/list", &r), ERR_VERB_UNKNOWN);
}

CASE(route_forms_by_record)
{
    struct route r;
    assert_int_equal(find("GET", "/api/forms/batch_open", &r), 0);
    assert_int_equal(r.kind, ROUTE_FORM);
    assert_string_equal(r.record->name, "batch_open");
    assert_false(r.open);
    assert_int_equal(find("GET", "/api/forms/none_such", &r), ERR_VERB_UNKNOWN);
}

CASE(rate_burst_then_one_at_a_time)
{
    struct rate *r = rate_new(100000, 3);
    assert_true(rate_allow(r, 1, 1000000));
    assert_true(rate_allow(r, 1, 1000000));
    assert_true(rate_allow(r, 1, 1000000));
    assert_false(rate_allow(r, 1, 1000000));
    assert_true(rate_allow(r, 2, 1000000));
    assert_false(rate_allow(r, 1, 1050000));
    assert_true(rate_allow(r, 1, 1100000));
    assert_false(rate_allow(r, 1, 1100000));
    assert_true(rate_allow(r, 1, 90000000));
    rate_free(r);
}

CASE(rate_many_addresses_cost_no_memory)
{
    struct rate *r = rate_new(1000000, 1);
    for (uint64_t i = 1; i < 100000; i++)
        assert_true(rate_allow(r, i, (int64_t)i + 1000000));
    rate_free(r);
}

static struct browser_session a_session(int64_t expires_ms)
{
    struct browser_session s = {.person_id = "U-1", .expires_ms = expires_ms};
    memset(s.token, 'a', 64);
    return s;
}

CASE(session_cookie_finds_its_token)
{
    struct sessions *s = sessions_new(900);
    struct browser_session one = a_session(10000000), two = a_session(10000000), got;
    assert_true(sessions_open(s, &one, 1000));
    assert_true(sessions_open(s, &two, 1000));
    assert_string_not_equal(one.id, two.id);
    assert_string_not_equal(one.id, one.csrf);
    assert_true(sessions_find(s, one.id, 2000, true, &got));
    assert_string_equal(got.csrf, one.csrf);
    assert_string_equal(got.token, one.token);
    assert_false(sessions_find(s, one.csrf, 2000, true, &got));
    assert_false(sessions_find(s, "", 2000, true, &got));
    sessions_close(s, one.id);
    assert_false(sessions_find(s, one.id, 2000, true, &got));
    assert_true(sessions_find(s, two.id, 2000, true, &got));
    sessions_free(s);
}

CASE(session_ends_when_idle_or_over)
{
    struct sessions *s = sessions_new(900);
    struct browser_session idle = a_session(100000000), over = a_session(500000), got;
    assert_true(sessions_open(s, &idle, 0));
    assert_true(sessions_open(s, &over, 0));
    assert_true(sessions_find(s, over.id, 499999, true, &got));
    assert_false(sessions_find(s, over.id, 500000, true, &got));
    assert_true(sessions_find(s, idle.id, 800000, true, &got));
    assert_true(sessions_find(s, idle.id, 1600000, false, &got));
    assert_false(sessions_find(s, idle.id, 1700000, true, &got));
    sessions_free(s);
}

CASE(session_table_is_finite_and_reuses_the_dead)
{
    struct sessions *s = sessions_new(900);
    struct browser_session one;
    for (size_t i = 0; i < 1024; i++) {
        one = a_session(100000000);
        assert_true(sessions_open(s, &one, 0));
    }
    one = a_session(100000000);
    assert_false(sessions_open(s, &one, 1));
    one = a_session(100000000);
    assert_true(sessions_open(s, &one, 900000));
    sessions_free(s);
}
