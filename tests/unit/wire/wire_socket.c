#include <czmq.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "support/test.h"
#include "wire/client.h"
#include "wire/publish.h"
#include "wire/server.h"

/* A folder with keys of one service and some terminals, and the service's loop in a thread: it echoes. */
struct bench {
    char folder[64], public_dir[100], endpoint[60];
    struct wire_server *server;
    pthread_t thread;
    atomic_bool stopping;
    atomic_int served;
    char peer[48], kind[16];
};

static void path_of(const struct bench *b, const char *name, char ret[160])
{
    snprintf(ret, 160, "%s/%s", b->folder, name);
}

static void key(const struct bench *b, const char *name, const char *kind, const char *public_dir)
{
    struct err e;
    char path[160], file[60];
    snprintf(file, sizeof file, "%s.key_secret", name);
    path_of(b, file, path);
    assert_int_equal(wire_key_make(path, public_dir, name, kind, &e), 0);
}

static void *echo(void *cls)
{
    struct bench *b = cls;
    struct wire_request r[16];
    while (!atomic_load(&b->stopping)) {
        size_t n = wire_server_receive(b->server, 50, r, 16);
        for (size_t i = 0; i < n; i++) {
            char *reply = arena_printf(r[i].arena, "{\"ok\":true,\"result\":{\"command\":\"%s\",\"body\":%zu,\"peer\":\"%s\"}}",
                                       r[i].envelope.command, r[i].body_len, r[i].peer);
            snprintf(b->peer, sizeof b->peer, "%s", r[i].peer);
            snprintf(b->kind, sizeof b->kind, "%s", r[i].peer_kind);
            atomic_fetch_add(&b->served, 1);
            wire_server_reply(b->server, &r[i], reply, strlen(reply));
        }
    }
    return NULL;
}

static struct bench *bench_new(unsigned port)
{
    struct bench *b = calloc(1, sizeof *b);
    struct err e;
    char path[160], text[200];
    strncpy(b->folder, "/tmp/wire_testXXXXXX", sizeof b->folder - 1);
    assert_non_null(mkdtemp(b->folder));
    snprintf(b->public_dir, sizeof b->public_dir, "%s/public", b->folder);
    mkdir(b->public_dir, 0700);
    snprintf(b->endpoint, sizeof b->endpoint, "tcp://127.0.0.1:%u", port);
    key(b, "batch", "service", b->public_dir);
    key(b, "T-1", "terminal", b->public_dir);
    path_of(b, "batch.key_secret", path);
    if (wire_server_new(b->endpoint, path, b->public_dir, &b->server, &e) != 0)
        fail_msg("%s", e.text);
    path_of(b, "directory.ini", path);
    FILE *f = fopen(path, "we");
    snprintf(text, sizeof text, "batch = %s\n", b->endpoint);
    fputs(text, f);
    fclose(f);
    pthread_create(&b->thread, NULL, echo, b);
    return b;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static void bench_free(struct bench *b)
{
    atomic_store(&b->stopping, true);
    pthread_join(b->thread, NULL);
    wire_server_free(b->server);
    nftw(b->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(b);
}

static struct wire_client *client(const struct bench *b, const char *name, int timeout_ms)
{
    struct wire_client *c;
    struct err e;
    char secret[160], directory[160], file[60];
    snprintf(file, sizeof file, "%s.key_secret", name);
    path_of(b, file, secret);
    path_of(b, "directory.ini", directory);
    if (wire_client_new(secret, b->public_dir, directory, &c, &e) != 0)
        fail_msg("%s", e.text);
    wire_client_timeout(c, timeout_ms);
    return c;
}

static int ask(struct wire_client *c, struct arena *a, const char *command, const char *body, size_t len, struct bytes *ret)
{
    struct err e;
    const struct envelope env = {"batch.list", "", "call", command, "", 0};
    return wire_exchange(c, a, NULL, &env, (struct bytes){(const uint8_t *)body, len}, ret, &e);
}

CASE(wire_request_is_answered_and_the_peer_is_known)
{
    struct bench *b = bench_new(17611);
    struct arena *a = arena_new(0);
    struct wire_client *c = client(b, "T-1", 5000);
    struct bytes reply;
    assert_int_equal(ask(c, a, "0123", "{}", 2, &reply), 0);
    assert_string_equal((const char *)reply.data, "{\"ok\":true,\"result\":{\"command\":\"0123\",\"body\":2,\"peer\":\"T-1\"}}");
    assert_string_equal(b->kind, "terminal");
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

CASE(wire_unknown_key_is_refused_before_it_is_heard)
{
    struct bench *b = bench_new(17612);
    struct arena *a = arena_new(0);
    char elsewhere[120];
    snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", b->folder);
    mkdir(elsewhere, 0700);
    key(b, "T-9", "terminal", elsewhere);
    struct wire_client *c = client(b, "T-9", 700);
    struct bytes reply;
    assert_int_equal(ask(c, a, "", "{}", 2, &reply), ERR_UNAVAILABLE);
    assert_int_equal(atomic_load(&b->served), 0);
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

CASE(wire_terminal_enrolled_later_is_let_in)
{
    struct bench *b = bench_new(17613);
    struct arena *a = arena_new(0);
    key(b, "T-2", "terminal", b->public_dir);
    struct wire_client *c = client(b, "T-2", 5000);
    struct bytes reply;
    assert_int_equal(ask(c, a, "", "{}", 2, &reply), 0);
    assert_string_equal(b->peer, "T-2");
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

/* The public file of ${from} once more, under another name. */
static void copy_public(const struct bench *b, const char *from, const char *to)
{
    char path[160], text[4096];
    snprintf(path, sizeof path, "%s/%s.key", b->public_dir, from);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    snprintf(path, sizeof path, "%s/%s.key", b->public_dir, to);
    f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    fclose(f);
}

CASE(wire_one_key_in_two_files_is_refused_by_both_names)
{
    struct bench *b = bench_new(17622);
    struct err e;
    struct wire_server *second;
    char secret[160];
    copy_public(b, "T-1", "T-8");
    path_of(b, "batch.key_secret", secret);
    assert_int_equal(wire_server_new("tcp://127.0.0.1:17623", secret, b->public_dir, &second, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "T-1.key and T-8.key"));
    bench_free(b);
}

CASE(wire_one_server_a_process)
{
    struct bench *b = bench_new(17626);
    struct arena *a = arena_new(0);
    struct err e;
    struct wire_server *second;
    struct bytes reply;
    char secret[160];
    path_of(b, "batch.key_secret", secret);
    assert_int_equal(wire_server_new("tcp://127.0.0.1:17627", secret, b->public_dir, &second, &e), ERR_FAULT);
    struct wire_client *c = client(b, "T-1", 5000);
    assert_int_equal(ask(c, a, "", "{}", 2, &reply), 0);
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

CASE(wire_key_copied_into_the_folder_stops_no_running_service)
{
    struct bench *b = bench_new(17624);
    struct arena *a = arena_new(0);
    struct wire_client *c = client(b, "T-1", 5000);
    struct bytes reply;
    copy_public(b, "T-1", "T-8");
    assert_int_equal(ask(c, a, "", "{}", 2, &reply), 0);
    assert_string_equal(b->peer, "T-1");
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

CASE(wire_key_taken_out_of_the_folder_is_not_let_in_again)
{
    struct bench *b = bench_new(17625);
    struct arena *a = arena_new(0);
    char path[160];
    struct bytes reply;
    struct wire_client *c = client(b, "T-1", 700);
    snprintf(path, sizeof path, "%s/T-1.key", b->public_dir);
    assert_int_equal(remove(path), 0);
    assert_int_equal(ask(c, a, "", "{}", 2, &reply), ERR_UNAVAILABLE);
    assert_int_equal(atomic_load(&b->served), 0);
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

CASE(wire_oversize_body_is_refused_by_name)
{
    struct bench *b = bench_new(17614);
    struct arena *a = arena_new(0);
    struct wire_client *c = client(b, "T-1", 3000);
    struct bytes reply;
    char *body = calloc(1, WIRE_FRAME_MAX);
    assert_int_equal(ask(c, a, "", body, WIRE_FRAME_MAX, &reply), ERR_BODY_TOO_LARGE);
    assert_int_equal(ask(c, a, "", body, WIRE_BODY_MAX + 1, &reply), 0);
    assert_non_null(strstr((const char *)reply.data, "\"code\":\"body_too_large\""));
    assert_int_equal(atomic_load(&b->served), 0);
    assert_int_equal(ask(c, a, "", body, WIRE_BODY_MAX, &reply), 0);
    assert_int_equal(atomic_load(&b->served), 1);
    free(body);
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

/* A peer that does not speak the protocol: with a good key, frames of its own. */
static zsock_t *raw_socket(const struct bench *b)
{
    char path[160];
    path_of(b, "T-1.key_secret", path);
    zcert_t *own = zcert_load(path);
    snprintf(path, sizeof path, "%s/batch.key", b->public_dir);
    zcert_t *server = zcert_load(path);
    zsock_t *s = zsock_new(ZMQ_DEALER);
    zcert_apply(own, s);
    zsock_set_curve_serverkey(s, zcert_public_txt(server));
    zsock_set_rcvtimeo(s, 700);
    zsock_set_linger(s, 0);
    assert_int_equal(zsock_connect(s, "%s", b->endpoint), 0);
    zcert_destroy(&own);
    zcert_destroy(&server);
    return s;
}

CASE(wire_malformed_frames_are_dropped_or_refused)
{
    struct bench *b = bench_new(17615);
    struct arena *a = arena_new(0);
    zsock_t *raw = raw_socket(b);
    zstr_send(raw, "one frame");
    zstr_sendx(raw, "0123456789abcdef", "batch.list - call - - 0", "{}", NULL);
    zstr_sendx(raw, "short id", "{}", NULL);
    zstr_sendx(raw, "0123456789abcdefbatch.list - call -", "{}", NULL);
    char *reply = zstr_recv(raw);
    assert_memory_equal(reply, "0123456789abcdef{", 17);
    assert_non_null(strstr(reply, "\"code\":\"envelope_malformed\""));
    zstr_free(&reply);
    assert_null(zstr_recv(raw));
    assert_int_equal(atomic_load(&b->served), 0);
    zsock_destroy(&raw);
    struct wire_client *c = client(b, "T-1", 5000);
    struct bytes got;
    assert_int_equal(ask(c, a, "", "{}", 2, &got), 0);
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

CASE(wire_oversize_frame_of_a_stranger_to_the_rules_is_cut)
{
    struct bench *b = bench_new(17616);
    zsock_t *raw = raw_socket(b);
    char *big = calloc(1, WIRE_FRAME_MAX + 1000);
    zmsg_t *m = zmsg_new();
    zmsg_addmem(m, "0123456789abcdef", 16);
    zmsg_addstr(m, "{\"verb\":\"batch.list\"}");
    zmsg_addmem(m, big, WIRE_FRAME_MAX + 1000);
    zmsg_send(&m, raw);
    assert_null(zstr_recv(raw));
    assert_int_equal(atomic_load(&b->served), 0);
    free(big);
    zsock_destroy(&raw);
    bench_free(b);
}

struct caller {
    struct bench *bench;
    int number, bad;
};

static void *call_many(void *cls)
{
    struct caller *who = cls;
    struct arena *a = arena_new(0);
    struct wire_client *c = client(who->bench, "T-1", 20000);
    for (int i = 0; i < 10; i++) {
        char command[20], want[60];
        struct bytes reply;
        snprintf(command, sizeof command, "%d-%d", who->number, i);
        snprintf(want, sizeof want, "\"command\":\"%s\"", command);
        if (ask(c, a, command, "{}", 2, &reply) != 0 || !strstr((const char *)reply.data, want))
            who->bad++;
    }
    wire_client_free(c);
    arena_free(a);
    return NULL;
}

CASE(wire_64_clients_each_get_their_own_answers)
{
    struct bench *b = bench_new(17617);
    struct caller callers[64];
    pthread_t threads[64];
    for (int i = 0; i < 64; i++) {
        callers[i] = (struct caller){b, i, 0};
        pthread_create(&threads[i], NULL, call_many, &callers[i]);
    }
    for (int i = 0; i < 64; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 64; i++)
        assert_int_equal(callers[i].bad, 0);
    assert_true(atomic_load(&b->served) >= 640);
    bench_free(b);
}

CASE(wire_service_that_is_not_there_is_unavailable)
{
    struct bench *b = bench_new(17618);
    struct arena *a = arena_new(0);
    struct err e;
    struct bytes reply;
    struct wire_client *c = client(b, "T-1", 500);
    const struct envelope env = {"quality.results", "", "call", "", "", 0};
    assert_int_equal(wire_exchange(c, a, NULL, &env, (struct bytes){(const uint8_t *)"{}", 2}, &reply, &e), ERR_UNAVAILABLE);
    wire_client_free(c);
    arena_free(a);
    bench_free(b);
}

CASE(wire_secret_key_files_are_for_their_owner_alone)
{
    struct bench *b = bench_new(17619);
    struct stat info;
    char path[160];
    path_of(b, "T-1.key_secret", path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    bench_free(b);
}

CASE(wire_announcements_reach_subscribers)
{
    struct bench *b = bench_new(17620);
    struct arena *a = arena_new(0);
    struct err e;
    char secret[160], own[160], *text = NULL;
    struct wire_publisher *p;
    struct wire_subscriber *s;
    path_of(b, "batch.key_secret", secret);
    path_of(b, "T-1.key_secret", own);
    assert_int_equal(wire_publisher_new("tcp://127.0.0.1:17621", secret, &p, &e), 0);
    assert_int_equal(wire_subscriber_new("tcp://127.0.0.1:17621", own, b->public_dir, "batch", &s, &e), 0);
    for (int i = 0; i < 50 && !text; i++) {
        wire_publish(p, "news", 4);
        text = wire_subscriber_receive(s, 100, a);
    }
    assert_non_null(text);
    assert_string_equal(text, "news");
    wire_subscriber_free(s);
    wire_publisher_free(p);
    arena_free(a);
    bench_free(b);
}
