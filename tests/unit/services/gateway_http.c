#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "fake_house.h"
#include "gateway/route.h"
#include "support/test.h"

#define COMMAND "018f0000000070008000000000000001"

CASE(http_pages_come_with_strict_headers)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    fake_house_get(f, "/", "", &r);
    assert_int_equal(r.status, 200);
    reply_has(r.body, "<title>Stemma</title>");
    reply_has(r.head, "Content-Security-Policy: default-src 'none'; script-src 'self'");
    reply_has(r.head, "publickey-credentials-create=(self), publickey-credentials-get=(self)");
    reply_has(r.head, "X-Content-Type-Options: nosniff");
    reply_has(r.head, "X-Frame-Options: DENY");
    reply_has(r.head, "Referrer-Policy: no-referrer");
    reply_has(r.head, "Strict-Transport-Security: ");
    reply_lacks(r.head, "Server:");
    reply_done(&r);
    fake_house_free(f);
}

#define PAGES_POLICY "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; " \
                     "base-uri 'none'; require-trusted-types-for 'script'; trusted-types decoder\r\n"
#define DECODERS_POLICY "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; " \
                        "require-trusted-types-for 'script'; trusted-types 'none'\r\n"

CASE(http_one_page_may_ask_for_the_camera_and_one_worker_may_compile)
{
    struct fake_house *f = fake_house_new("");
    static const struct {
        const char *path, *policy, *camera, *type;
    } rows[] = {
        {"/", PAGES_POLICY, "camera=(self), ", "text/html"},
        {"/camera_view.js", PAGES_POLICY, "camera=(), ", "text/javascript"},
        {"/decoder.js", DECODERS_POLICY, "camera=(), ", "text/javascript"},
        {"/v/0123456789abcdef/decoder.js", DECODERS_POLICY, "camera=(), ", "text/javascript"},
        {"/vendor/zxing.js", PAGES_POLICY, "camera=(), ", "text/javascript"},
        {"/vendor/zxing.wasm", PAGES_POLICY, "camera=(), ", "application/wasm"},
        {"/api/session", PAGES_POLICY, "camera=(), ", "application/json"},
        {"/decoder.json", PAGES_POLICY, "camera=(), ", "application/json"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reply r;
        char wanted[400];
        fake_house_get(f, rows[i].path, "", &r);
        snprintf(wanted, sizeof wanted, "Content-Security-Policy: %s", rows[i].policy);
        reply_has(r.head, wanted);
        snprintf(wanted, sizeof wanted, "Permissions-Policy: %s", rows[i].camera);
        reply_has(r.head, wanted);
        snprintf(wanted, sizeof wanted, "Content-Type: %s", rows[i].type);
        reply_has(r.head, wanted);
        const char *policy = strstr(r.head, "Content-Security-Policy: ");
        assert_null(strstr(policy + 1, "Content-Security-Policy: "));
        reply_done(&r);
    }
    fake_house_free(f);
}

CASE(http_pages_are_not_sent_twice)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char headers[200];
    fake_house_get(f, "/app.js", "", &r);
    reply_has(r.head, "Content-Type: text/javascript");
    const char *tag = strstr(r.head, "ETag: ");
    assert_non_null(tag);
    snprintf(headers, sizeof headers, "If-None-Match: %.66s\r\n", tag + 6);
    reply_done(&r);
    fake_house_get(f, "/app.js", headers, &r);
    assert_int_equal(r.status, 304);
    reply_done(&r);
    fake_house_get(f, "/gateway.ini", "", &r);
    assert_int_equal(r.status, 404);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_nothing_without_a_session)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    static const char *const paths[] = {"/api/batch/list", "/api/signer/sign", "/api/batch/open/prepare", "/api/logout"};
    for (size_t i = 0; i < 4; i++) {
        fake_house_post(f, paths[i], "", "{}", &r);
        assert_int_equal(r.status, 401);
        reply_has(r.body, "\"code\":\"session_missing\"");
        reply_done(&r);
    }
    fake_house_get(f, "/events", "", &r);
    assert_int_equal(r.status, 401);
    reply_done(&r);
    assert_string_equal(fake_house_seen(f), "");
    fake_house_free(f);
}

CASE(http_login_keeps_the_token_from_the_page)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    fake_house_post(f, "/api/login", "", "{\"login\":\"text\",\"signature\":\"AAAA\"}", &r);
    assert_int_equal(r.status, 200);
    reply_has(r.head, "Set-Cookie: __Host-stemma=");
    reply_has(r.head, "; Path=/; Secure; HttpOnly; SameSite=Strict");
    reply_has(r.body, "\"person_id\":\"U-1\"");
    reply_has(r.body, "\"name\":\"Ada \\\"Q\\\"\"");
    reply_lacks(r.body, FAKE_TOKEN);
    reply_lacks(r.head, FAKE_TOKEN);
    reply_done(&r);
    fake_house_free(f);
}

/* Only files go out with a tag to be kept by; what a service answers is asked for anew each time, by whoever stands between. */
CASE(L06_answers_are_kept_by_no_cache)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    const char *session = fake_house_login(f);
    fake_house_post(f, "/api/batch/show", session, "{\"batch_id\":\"B-7\"}", &r);
    reply_has(r.head, "Cache-Control: no-store");
    reply_lacks(r.head, "ETag: ");
    reply_done(&r);
    fake_house_get(f, "/app.js", "", &r);
    reply_has(r.head, "Cache-Control: no-cache");
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_verb_carries_the_token_and_the_stream)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char headers[400];
    const char *session = fake_house_login(f);
    fake_house_post(f, "/api/batch/show", session, "{\"batch_id\":\"B-7\"}", &r);
    assert_int_equal(r.status, 404);
    reply_has(r.body, "\"code\":\"not_found\"");
    assert_string_equal(fake_house_seen(f), "batch.show call   " FAKE_TOKEN);
    reply_done(&r);
    snprintf(headers, sizeof headers, "%sStemma-Command: " COMMAND "\r\n", session);
    fake_house_post(f, "/api/batch/note/prepare", headers, "{\"batch_id\":\"B-7\",\"text\":\"a remark of a person\"}", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(fake_house_seen(f), "batch.note prepare " COMMAND " B-7 " FAKE_TOKEN);
    reply_done(&r);
    fake_house_post(f, "/api/batch/note/commit", session,
                    "{\"signature\":\"AAAA\",\"statement\":\"stemma-statement/1\\ntype batch.note\\nstream B-7\\nx\"}", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(fake_house_seen(f), "batch.note commit  B-7 " FAKE_TOKEN);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_malformed_bodies_stop_at_the_gateway)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    const char *session = fake_house_login(f);
    static const char *const bodies[] = {"", "[]", "{\"a\":1,\"a\":2}", "{\"unknown\":1}", "{\"limit\":\"5\"}"};
    for (size_t i = 0; i < 5; i++) {
        fake_house_post(f, "/api/batch/list", session, bodies[i], &r);
        assert_int_equal(r.status, 400);
        reply_done(&r);
    }
    assert_string_equal(fake_house_seen(f), "access.login call   ");
    fake_house_free(f);
}

CASE(http_command_id_must_be_one)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char headers[400];
    snprintf(headers, sizeof headers, "%sStemma-Command: 1\r\n", fake_house_login(f));
    fake_house_post(f, "/api/batch/note/prepare", headers, "{\"batch_id\":\"B-7\",\"text\":\"a remark of a person\"}", &r);
    assert_int_equal(r.status, 400);
    reply_has(r.body, "Stemma-Command");
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_post_needs_the_pages_token)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char cookie[200], other[300];
    const char *session = fake_house_login(f);
    snprintf(cookie, sizeof cookie, "%.*s\r\n", (int)strcspn(session, "\r"), session);
    fake_house_post(f, "/api/batch/list", cookie, "{}", &r);
    assert_int_equal(r.status, 403);
    reply_done(&r);
    snprintf(other, sizeof other, "%sStemma-Csrf: %064d\r\n", cookie, 1);
    fake_house_post(f, "/api/batch/list", other, "{}", &r);
    assert_int_equal(r.status, 403);
    reply_done(&r);
    fake_house_post(f, "/api/batch/list", session, "{}", &r);
    assert_int_equal(r.status, 200);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_session_is_found_again_after_a_reload)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    const char *session = fake_house_login(f);
    fake_house_get(f, "/api/session", session, &r);
    reply_has(r.body, "\"csrf\":");
    reply_has(r.body, "\"terminal_id\":\"T-WEB\"");
    reply_lacks(r.body, FAKE_TOKEN);
    reply_done(&r);
    fake_house_get(f, "/api/session", "", &r);
    reply_has(r.body, "{\"ok\":true,\"result\":{\"terminal_id\":\"T-WEB\",\"time_zone\":\"UTC\",\"idle_s\":900,\"run\":\"");
    reply_lacks(r.body, "session");
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_logout_ends_the_session_here_and_there)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    const char *session = fake_house_login(f);
    fake_house_post(f, "/api/logout", session, "{}", &r);
    assert_int_equal(r.status, 200);
    reply_has(r.head, "Max-Age=0");
    reply_done(&r);
    assert_string_equal(fake_house_seen(f), "access.logout call   " FAKE_TOKEN);
    fake_house_post(f, "/api/batch/list", session, "{}", &r);
    assert_int_equal(r.status, 401);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_session_that_ended_at_the_service_ends_here)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    const char *session = fake_house_login(f);
    fake_house_post(f, "/api/batch/list", session, "{\"before\":\"ended\"}", &r);
    assert_int_equal(r.status, 401);
    reply_has(r.body, "session_ended");
    reply_done(&r);
    fake_house_post(f, "/api/batch/list", session, "{}", &r);
    assert_int_equal(r.status, 401);
    reply_has(r.body, "session_missing");
    reply_done(&r);
    fake_house_free(f);
}

/* A POST of ${len} bytes to the login, in one piece or in chunks of 1,000. The caller frees it. */
static char *large_post(size_t len, bool chunked)
{
    char *request = calloc(1, len * 2 + 1000);
    size_t n = (size_t)snprintf(request, 1000, "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    n += (size_t)(chunked ? snprintf(request + n, 100, "Transfer-Encoding: chunked\r\n\r\n")
                          : snprintf(request + n, 100, "Content-Length: %zu\r\n\r\n", len));
    for (size_t at = 0; chunked && at < len; at += 1000)
        n += (size_t)snprintf(request + n, 1100, "3e8\r\n%01000d\r\n", 0);
    if (chunked)
        snprintf(request + n, 10, "0\r\n\r\n");
    else
        memset(request + n, ' ', len);
    return request;
}

/* Twenty times, and larger than what sockets hold: a connection closed too early loses the refusal now and then only. */
CASE(http_oversize_bodies_are_refused)
{
    struct fake_house *f = fake_house_new("");
    for (int i = 0; i < 20; i++) {
        char *request = large_post(1000000, i % 2);
        struct reply r;
        fake_house_ask(f, request, &r);
        assert_int_equal(r.status, 413);
        reply_has(r.body, "body_too_large");
        assert_string_equal(fake_house_seen(f), "");
        reply_done(&r);
        free(request);
    }
    fake_house_free(f);
}

CASE(http_body_without_an_end_is_cut_off)
{
    struct fake_house *f = fake_house_new("");
    char *request = large_post(10000000, true);
    struct reply r;
    fake_house_ask(f, request, &r);
    assert_int_equal(r.status, 0);
    reply_done(&r);
    free(request);
    fake_house_free(f);
}

/* Who waits to be told to go on hears the refusal instead, and sends nothing. */
CASE(http_oversize_is_refused_before_it_is_sent)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    fake_house_ask(f, "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20001\r\n"
                   "Expect: 100-continue\r\n\r\n", &r);
    assert_int_equal(r.status, 413);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_heads_with_two_readings_are_refused)
{
    struct fake_house *f = fake_house_new("");
    static const char *const heads[] = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET /%2e%2e/etc HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /?a=b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /../ HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: +2\r\n\r\n{}",
        "POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
        "NONSENSE\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct reply r;
        fake_house_ask(f, heads[i], &r);
        if (r.status != 0 && (r.status < 400 || r.status > 499))
            fail_msg("%d for %s", r.status, heads[i]);
        reply_done(&r);
    }
    assert_string_equal(fake_house_seen(f), "");
    fake_house_free(f);
}

CASE(http_login_steps_are_limited)
{
    struct fake_house *f = fake_house_new("login_per_minute = 3\n");
    struct reply r;
    for (int i = 0; i < 4; i++) {
        fake_house_post(f, "/api/access/challenge", "", "{\"person_id\":\"U-1\",\"terminal_id\":\"T-WEB\"}", &r);
        assert_int_equal(r.status, i < 3 ? 200 : 429);
        reply_done(&r);
    }
    fake_house_get(f, "/health", "", &r);
    assert_int_equal(r.status, 200);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_of_who_asks_too_often_no_large_body_is_read)
{
    struct fake_house *f = fake_house_new("login_per_minute = 1\n");
    struct reply r;
    fake_house_post(f, "/api/access/challenge", "", "{\"person_id\":\"U-1\",\"terminal_id\":\"T-WEB\"}", &r);
    assert_int_equal(r.status, 200);
    reply_done(&r);
    for (size_t len = 10000; len <= 1000000; len *= 100) {
        char *request = large_post(len, true);
        fake_house_ask(f, request, &r);
        assert_int_equal(r.status, len == 10000 ? 429 : 0);
        reply_done(&r);
        free(request);
    }
    fake_house_free(f);
}

CASE(http_describe_and_forms)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    const char *session = fake_house_login(f);
    fake_house_get(f, "/api/forms/batch_open", session, &r);
    assert_int_equal(r.status, 200);
    reply_has(r.body, "\"record\":\"batch_open\"");
    reply_done(&r);
    fake_house_get(f, "/api/describe", session, &r);
    reply_has(r.body, "\"name\":\"batch.open\",\"kind\":\"act\"");
    reply_has(r.body, "\"machine\":\"batch\"");
    reply_lacks(r.body, "sign_manifest");
    reply_done(&r);
    fake_house_free(f);
}

static void *tell_later(void *cls)
{
    usleep(400000);
    fake_house_tell(cls, "{\"stream\":\"B-7\",\"seq\":3}");
    fake_house_tell(cls, "last");
    return NULL;
}

/* A tile is the same for ever and may be kept; the checkpoint and every refusal are asked for anew. */
CASE(L06_log_files_say_who_may_keep_them)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    fake_house_get(f, "/tile/0/000", "", &r);
    assert_int_equal(r.status, 200);
    reply_has(r.head, "Content-Type: application/octet-stream");
    reply_has(r.head, "Cache-Control: public, max-age=31536000, immutable");
    reply_has(r.head, "Content-Length: 4");
    reply_lacks(r.head, "Set-Cookie");
    assert_memory_equal(r.body, "\x00\x01\x02\xff", 4);
    reply_done(&r);
    fake_house_get(f, "/checkpoint", "", &r);
    assert_int_equal(r.status, 200);
    reply_has(r.head, "Content-Type: text/plain; charset=utf-8");
    reply_has(r.head, "Cache-Control: no-cache");
    reply_lacks(r.head, "immutable");
    reply_done(&r);
    fake_house_get(f, "/tile/0/001", "", &r);
    assert_int_equal(r.status, 404);
    reply_has(r.head, "Cache-Control: no-store");
    reply_done(&r);
    fake_house_free(f);
}

/* No answer depends on anything but the path, so no cache can mix two up. */
CASE(L06_log_files_take_no_query_and_no_session)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    static const char *const paths[] = {"/tile/0/000?size=3", "/tile/entries/000?index=3&x", "/checkpoint?old=2", "/tile/0/%30%30%30"};
    for (size_t i = 0; i < 4; i++) {
        fake_house_get(f, paths[i], "", &r);
        assert_int_equal(r.status, 400);
        reply_has(r.head, "Cache-Control: no-store");
        reply_done(&r);
    }
    assert_string_equal(fake_house_seen(f), "");
    const char *session = fake_house_login(f);
    fake_house_get(f, "/tile/0/000", session, &r);
    assert_int_equal(r.status, 200);
    reply_lacks(fake_house_seen(f), FAKE_TOKEN);
    reply_has(fake_house_seen(f), "audit.log_file call");
    reply_done(&r);
    fake_house_post(f, "/tile/0/000", session, "{}", &r);
    assert_int_equal(r.status, 404);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_announcements_reach_open_pages)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    pthread_t thread;
    const char *session = fake_house_login(f);
    pthread_create(&thread, NULL, tell_later, f);
    fake_house_get(f, "/events", session, &r);
    pthread_join(thread, NULL);
    assert_int_equal(r.status, 200);
    reply_has(r.head, "Content-Type: text/event-stream");
    reply_has(r.body, "event: entry\ndata: {\"stream\":\"B-7\",\"seq\":3}\n\n");
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_silent_service_is_unavailable)
{
    struct fake_house *f = fake_house_new("timeout_ms = 300\n");
    struct reply r;
    const char *session = fake_house_login(f);
    fake_house_post(f, "/api/source/donors", session, "{}", &r);
    assert_int_equal(r.status, 503);
    reply_has(r.body, "\"code\":\"unavailable\"");
    reply_done(&r);
    fake_house_free(f);
}

/* a connection that sends ${text} and then nothing; it speaks no TLS, as whoever wants only the place does not */
static int silent(struct fake_house *f, const char *text)
{
    const struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)fake_house_port(f))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (long)strlen(text));
    return fd;
}

CASE(http_a_gateway_with_few_files_says_so_and_takes_fewer_connections)
{
    const struct rlimit few = {.rlim_cur = 700, .rlim_max = 700};
    char said[4000] = "";
    size_t len = 0;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        setrlimit(RLIMIT_NOFILE, &few);
        fake_house_free(fake_house_new(""));
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t n; len < sizeof said - 1 && (n = read(ends[0], said + len, sizeof said - 1 - len)) > 0;)
        len += (size_t)n;
    close(ends[0]);
    waitpid(child, NULL, 0);
    assert_non_null(strstr(said, "\"level\":\"warning\",\"text\":\"the system gives 700 files: 500 connections at most, not 8000\""));
}

#define IDLE 3000

CASE(http_people_are_served_beside_3000_connections_that_say_nothing)
{
    struct fake_house *f = fake_house_new("");
    struct rlimit files;
    struct reply r;
    static int idle[IDLE];
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < 20000 ? files.rlim_max : 20000;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 2 * IDLE + 500) {
        fake_house_free(f);
        skip();
    }
    for (int i = 0; i < IDLE; i++)
        idle[i] = silent(f, "");
    for (int i = 0; i < 20; i++) {
        fake_house_get(f, "/health", "", &r);
        assert_int_equal(r.status, 200);
        reply_done(&r);
    }
    for (int i = 0; i < IDLE; i++)
        close(idle[i]);
    fake_house_free(f);
}

CASE(http_whoever_sends_a_request_drop_by_drop_is_hung_up)
{
    struct fake_house *f = fake_house_new("patience_s = 1\n");
    struct reply r;
    char byte;
    int fd = silent(f, "\x16\x03\x01");       /* the beginning of a TLS hello */
    const struct timeval patience = {10, 0};
    const struct timespec drop = {0, 100000000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int64_t began_us = clock_monotonic_us();
    for (int i = 0; i < 100 && send(fd, "\x01", 1, MSG_NOSIGNAL) == 1 && recv(fd, &byte, 1, MSG_DONTWAIT) != 0; i++)
        nanosleep(&drop, NULL);
    assert_true(clock_monotonic_us() - began_us < 8000000);
    close(fd);
    fake_house_get(f, "/health", "", &r);
    assert_int_equal(r.status, 200);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_paths_reach_no_file)
{
    struct fake_house *f = fake_house_new("");
    static const char *const paths[] = {"/../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/vendor/../../tls.key", "/vendor/./preact.js", "//etc/passwd", "/tls.key",
                                        "/vendor/", "/vendor", "/vendor/preact.js/", "/app.js%00.css", "/\\..\\tls.key", "/tile/../tls.key", "/api/forms/../../tls.key"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct reply r;
        fake_house_get(f, paths[i], "", &r);
        if (r.status != 400 && r.status != 401 && r.status != 404)
            fail_msg("%s is answered with %d", paths[i], r.status);
        reply_lacks(r.body, "PRIVATE KEY");
        reply_lacks(r.body, "root:");
        reply_done(&r);
    }
    fake_house_free(f);
}

CASE(http_a_session_that_somebody_else_chose_is_not_taken)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char chosen[200];
    snprintf(chosen, sizeof chosen, "Cookie: __Host-stemma=%064d\r\n", 7);
    fake_house_post(f, "/api/login", chosen, "{\"login\":\"text\",\"signature\":\"AAAA\"}", &r);
    assert_int_equal(r.status, 200);
    const char *cookie = strstr(r.head, "__Host-stemma=");
    assert_non_null(cookie);
    assert_true(strncmp(cookie + 14, chosen + 22, 64) != 0);
    reply_done(&r);
    fake_house_get(f, "/api/describe", chosen, &r);
    assert_int_equal(r.status, 401);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_a_login_ends_the_session_before_it)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char before[400];
    snprintf(before, sizeof before, "%s", fake_house_login(f));
    fake_house_post(f, "/api/login", before, "{\"login\":\"text\",\"signature\":\"AAAA\"}", &r);
    assert_int_equal(r.status, 200);
    reply_done(&r);
    fake_house_get(f, "/api/describe", before, &r);
    assert_int_equal(r.status, 401);
    reply_done(&r);
    fake_house_free(f);
}

CASE(http_every_route_but_the_open_ones_wants_a_session)
{
    struct fake_house *f = fake_house_new("rate_burst = 10000\nlogin_per_minute = 10000\n");
    struct reply r;
    size_t asked = 0;
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *v = verb_at(i);
        static const char *const open[] = {"access.challenge", "signer.sealing_key", "signer.authenticator", "signer.prove"};
        bool is_open = false;
        for (size_t k = 0; k < 4; k++)
            is_open |= strcmp(v->name, open[k]) == 0;
        if (is_open || !route_is_offered(v))
            continue;
        const char *dot = strchr(v->name, '.');
        char path[120];
        snprintf(path, sizeof path, "/api/%.*s/%s%s", (int)(dot - v->name), v->name, dot + 1, v->kind == VERB_ACT ? i % 2 ? "/prepare" : "/commit" : "");
        fake_house_post(f, path, "", "{}", &r);
        if (r.status != 401)
            fail_msg("%s without a session is answered with %d", path, r.status);
        reply_done(&r);
        asked++;
    }
    assert_true(asked > 80);
    fake_house_free(f);
}
