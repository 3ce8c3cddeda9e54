#include "fake_house.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

#include "contract/contract.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/webauthn.h"
#include "gateway/http.h"
#include "support/test.h"
#include "wire/server.h"

extern char **environ;

struct fake_house {
    char folder[64];
    struct arena *arena;
    struct gateway_settings settings;
    struct http *http;
    struct wire_server *server;
    pthread_t thread;
    atomic_bool stopping;
    pthread_mutex_t lock;
    char seen[300];
    int verified, looked;              /* verifications begun; how often the last one was looked at */
    struct key *sealing;
    uint8_t shown_sha256[DIGEST_LEN];
    struct webauthn_credential credential;   /* U-FIDO's authenticator, where one is registered */
    struct arena *kept;                /* where it lies */
};

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void make_certificate(const char *folder)
{
    char key[200], certificate[200];
    snprintf(key, sizeof key, "%s/tls.key", folder);
    snprintf(certificate, sizeof certificate, "%s/tls.pem", folder);
    const char *argv[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                          "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext",
                          "subjectAltName=DNS:localhost,IP:127.0.0.1", NULL};
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", 1, 0);
    pid_t pid;
    int status = -1;
    assert_int_equal(posix_spawnp(&pid, "openssl", &quiet, NULL, (char *const *)(uintptr_t)argv, environ), 0);
    waitpid(pid, &status, 0);
    posix_spawn_file_actions_destroy(&quiet);
    assert_int_equal(status, 0);
}

/* The same public key under the names of five services, in the folder that the gateway reads; the folder of those who may
 * connect holds a key only once. */
static void make_keys(const char *folder)
{
    struct err e;
    char path[300], copy[100], public_dir[200], admitted[200];
    snprintf(public_dir, sizeof public_dir, "%s/public", folder);
    snprintf(admitted, sizeof admitted, "%s/admitted", folder);
    assert_int_equal(mkdir(public_dir, 0700), 0);
    assert_int_equal(mkdir(admitted, 0700), 0);
    static const char *const names[][2] = {{"batch", "service"}, {"gateway", "gateway"}};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s.key_secret", folder, names[i][0]);
        assert_int_equal(wire_key_make(path, i == 0 ? public_dir : admitted, names[i][0], names[i][1], &e), 0);
    }
    snprintf(path, sizeof path, "%s/batch.key", public_dir);
    char *text = test_read(path, NULL);
    assert_non_null(text);
    static const char *const also[] = {"access", "signer", "quality", "release", "audit", "custody"};
    for (size_t i = 0; i < sizeof also / sizeof also[0]; i++) {
        char *name = strstr(text, "\"batch\"");
        assert_non_null(name);
        snprintf(copy, sizeof copy, "public/%s.key", also[i]);
        char whole[2000];
        snprintf(whole, sizeof whole, "%.*s\"%s\"%s", (int)(name - text), text, also[i], name + 7);
        write_file(folder, copy, whole);
    }
    free(text);
}

#define REFUSAL(code, http, field, text) \
    "{\"ok\":false,\"error\":{\"code\":\"" code "\",\"http\":" http ",\"field\":\"" field "\",\"rule\":\"\",\"text\":\"" text "\"," \
    "\"sentence\":\"A sentence.\",\"hint\":\"A hint.\",\"request\":\"1\"}}"
#define BATCH(id, state, done, lapsed) \
    "{\"batch_id\":\"" id "\",\"donation_number\":\"A999926000001\",\"opened_at\":\"2026-03-01T08:30:00.000Z\",\"procedure_id\":\"P-CORD\"," \
    "\"procedure_version\":2,\"state\":\"" state "\",\"steps_done\":" done ",\"steps_total\":9,\"tissue\":\"umbilical_cord\",\"unsigned_count\":" lapsed ",\"use\":\"allogeneic\"}"

static const char *sealing_key(const struct fake_house *f, struct arena *a)
{
    uint8_t point[KEY_POINT_LEN];
    return key_point(f->sealing, point)
               ? arena_printf(a, "{\"ok\":true,\"result\":{\"public_key\":\"%s\"}}", base64_of(a, point, sizeof point))
               : REFUSAL("fault", "500", "", "");
}

static const char *person_of(const struct wire_request *r)
{
    return strstr(r->body, "U-ADA") ? "U-ADA" : strstr(r->body, "U-FIDO") ? "U-FIDO" : "U-1";
}

/* As the signer judges an assertion; NULL: it holds. */
static const char *judge(struct fake_house *f, struct arena *a, const struct list *given, struct webauthn_credential *c, const char *text)
{
    const char *origins = arena_printf(a, "https://localhost:%u", http_port(f->http));
    const struct webauthn_site site = {"localhost", origins, true};
    struct err e;
    if (given->count == 0)
        return REFUSAL("code_missing", "401", "second_factor", "U-FIDO's authenticator is asked for here");
    const struct assertion *read = LIST_AT(*given, struct assertion, 0);
    const struct webauthn_assertion made = {read->client_data, read->authenticator_data, read->assertion_signature};
    return webauthn_verify(a, &site, c, (struct bytes){(const uint8_t *)text, strlen(text)}, &made, &c->counter, &e) == 0
               ? NULL : arena_printf(a, REFUSAL("secret_wrong", "401", "second_factor", "%s"), e.text);
}

/* Once it is registered, whatever U-FIDO signs is asserted. */
static const char *beside(struct fake_house *f, const struct wire_request *r, const struct list *given, const char *text)
{
    return strcmp(person_of(r), "U-FIDO") == 0 && f->credential.id.len > 0 ? judge(f, r->arena, given, &f->credential, text) : NULL;
}

static struct bytes keep(struct fake_house *f, struct bytes data)
{
    return (struct bytes){(const uint8_t *)arena_dup(f->kept, data.data, data.len), data.len};
}

static const char *authenticator(const struct fake_house *f, const struct wire_request *r)
{
    if (strcmp(person_of(r), "U-FIDO") != 0)
        return "{\"ok\":true,\"result\":{\"user_verified\":false}}";
    return arena_printf(r->arena, "{\"ok\":true,\"result\":{%s%s%s\"rp_id\":\"localhost\",\"user_verified\":true}}",
                        f->credential.id.len > 0 ? "\"credential_id\":\"" : "",
                        f->credential.id.len > 0 ? base64_of(r->arena, f->credential.id.data, f->credential.id.len) : "",
                        f->credential.id.len > 0 ? "\"," : "");
}

#define SIGNED "{\"ok\":true,\"result\":{\"signature\":\"AAAA\"}}"
#define PROVED "{\"ok\":true,\"result\":{\"login_before_at\":\"2026-03-01T07:30:00.000Z\",\"login_before_terminal\":\"T-BENCH1\",\"signature\":\"AAAA\"," \
    "\"signed_count\":3,\"signed_last_at\":\"2026-03-01T08:10:00.000Z\"}}"

static const char *sign(struct fake_house *f, const struct wire_request *r, const char *signed_text, struct bytes sealed, const char *ok);

static const char *authenticator_set(struct fake_house *f, const struct wire_request *r)
{
    struct authenticator_set in;
    struct err e;
    if (record_from_json(r->arena, &record_authenticator_set, r->body, r->body_len, RECORD_CLIENT, &in, &e) != 0)
        return arena_printf(r->arena, REFUSAL("body_malformed", "400", "", "%s"), e.text);
    struct webauthn_credential c = {"localhost", in.credential_id, in.public_key, 0};
    const char *text = arena_printf(r->arena, "stemma-authenticator/1 U-FIDO %s %s", base64_of(r->arena, c.id.data, c.id.len),
                                    base64_of(r->arena, c.public_key.data, c.public_key.len));
    if (webauthn_credential_check(&c, &e) != 0)
        return arena_printf(r->arena, REFUSAL("field_type", "400", "public_key", "%s"), e.text);
    const char *refusal = judge(f, r->arena, &in.second_factor, &c, text);
    if (refusal == NULL && strstr(sign(f, r, text, in.secret_sealed, SIGNED), "signature") == NULL)
        refusal = REFUSAL("secret_wrong", "401", "secret_sealed", "the secret does not open the key of U-FIDO");
    if (refusal == NULL)
        f->credential = (struct webauthn_credential){"localhost", keep(f, c.id), keep(f, c.public_key), c.counter};
    return refusal != NULL ? refusal : "{\"ok\":true,\"result\":{\"done\":true}}";
}

static const char *secret_change(struct fake_house *f, const struct wire_request *r)
{
    struct secret_change in;
    struct err e;
    char sha256[DIGEST_HEX];
    if (record_from_json(r->arena, &record_secret_change, r->body, r->body_len, RECORD_CLIENT, &in, &e) != 0)
        return arena_printf(r->arena, REFUSAL("body_malformed", "400", "", "%s"), e.text);
    const char *refusal = beside(f, r, &in.second_factor, arena_printf(r->arena, "%s %s", in.person_id,
                                 digest_hex(in.new_secret_sealed.data, in.new_secret_sealed.len, sha256)));
    if (refusal != NULL || strstr(sign(f, r, in.person_id, in.secret_sealed, SIGNED), "signature") == NULL)
        return refusal != NULL ? refusal : REFUSAL("secret_wrong", "401", "secret_sealed", "the secret does not open the key");
    return "{\"ok\":true,\"result\":{\"done\":true}}";
}

/* The seal is opened as the signer opens it, so that the browser's way of making one is tested too. */
static const char *sign(struct fake_house *f, const struct wire_request *r, const char *signed_text, struct bytes sealed, const char *ok)
{
    struct err e;
    uint8_t secret[SEAL_PLAIN_MAX];
    size_t len = 0;
    (void)r;
    const struct bytes text = {(const uint8_t *)signed_text, strlen(signed_text)};
    if (seal_open(f->sealing, text, sealed, secret, &len, &e) != 0 || len != strlen(FAKE_SECRET) ||
        memcmp(secret, FAKE_SECRET, len) != 0)
        return REFUSAL("secret_wrong", "401", "secret_sealed", "the secret does not open the key of U-1");
    return ok;
}

static const char *prove(struct fake_house *f, const struct wire_request *r)
{
    struct sign_login login;
    struct sign_statement statement;
    struct err e;
    const char *refusal;
    if (record_from_json(r->arena, &record_sign_login, r->body, r->body_len, RECORD_CLIENT, &login, &e) == 0) {
        refusal = beside(f, r, &login.second_factor, login.login);
        return refusal != NULL ? refusal : sign(f, r, login.login, login.secret_sealed, PROVED);
    }
    if (record_from_json(r->arena, &record_sign_statement, r->body, r->body_len, RECORD_CLIENT, &statement, &e) == 0) {
        refusal = beside(f, r, &statement.second_factor, statement.statement);
        return refusal != NULL ? refusal : sign(f, r, statement.statement, statement.secret_sealed, SIGNED);
    }
    return REFUSAL("body_malformed", "400", "", "");
}

#define SHOWN "Add a signed remark to a batch.\\nRemark: \u00b5L\\n"

/* An act to be signed; a remark that holds "twisted" comes with a text that is not the one to be signed. */
static const char *act(const struct fake_house *f, const struct wire_request *r)
{
    if (r->envelope.phase[1] == 'o')
        return "{\"ok\":true,\"result\":{\"leaf\":\"" FAKE_TOKEN "\",\"seq\":8,\"statement_sha256\":\"" FAKE_TOKEN "\",\"stream\":\"B-2026000002\","
               "\"time\":\"2026-03-01T08:30:00.000Z\"}}";
    return arena_printf(r->arena, "{\"ok\":true,\"result\":{\"rendered\":\"%s" SHOWN "\",\"reviewed_seq\":7,\"statement\":\"stemma-statement/1\\n"
                        "type %s\\nstream B-2026000002\\nrendered %s verb/1\\n\",\"stream\":\"B-2026000002\"}}",
                        strstr(r->body, "twisted") ? "Twisted. " : "", r->envelope.verb, hex_text(r->arena, f->shown_sha256, DIGEST_LEN));
}

#define SHOW "{\"ok\":true,\"result\":{\"batch_id\":\"B-2026000002\",\"collection_id\":\"C-1\",\"donation_number\":\"A999926000001\",\"donor_id\":\"D-1\"," \
    "\"corrections\":[{\"corrected_at\":\"2026-03-01T10:00:00.000Z\",\"corrects\":3,\"entry\":6,\"field\":\"step 1, n_live\"," \
    "\"new_value\":\"190\",\"old_value\":\"91\",\"person_id\":\"U-2\",\"reason\":\"digits swapped when typed\",\"unsigned_count\":2}]," \
    "\"unsigned_acts\":[{\"act\":\"batch.step\",\"corrected_by\":6,\"entry\":3,\"person_id\":\"U-2\",\"subject\":1}," \
    "{\"act\":\"batch.step_verify\",\"corrected_by\":6,\"entry\":4,\"person_id\":\"U-3\",\"subject\":1}]," \
    "\"head_seq\":7,\"opened_at\":\"2026-03-01T08:30:00.000Z\",\"procedure_id\":\"P-CORD\",\"procedure_version\":2,\"specification_id\":\"Q-CORD\"," \
    "\"specification_version\":1,\"state\":\"on_hold\",\"steps\":[{\"ended_at\":\"2026-03-01T09:30:00.000Z\",\"name\":\"Wash\",\"performed_by\":\"U-2\"," \
    "\"state\":\"unsigned\",\"step\":1}],\"tissue\":\"umbilical_cord\",\"use\":\"allogeneic\"}}"
#define RESULTS "{\"ok\":true,\"result\":{\"tests\":[{\"code\":\"viability\",\"oos_state\":\"open\",\"performed_by\":\"U-4\",\"result\":\"61.5\",\"test_seq\":5," \
    "\"verdict\":\"fail\"},{\"code\":\"endotoxin\",\"corrected_by\":7,\"performed_by\":\"U-4\",\"result\":\"<0.05\",\"test_seq\":2," \
    "\"verdict\":\"pass\",\"was_result\":\"<0.5\"}]}}"
#define GATE "{\"ok\":true,\"result\":{\"batch_id\":\"B-2026000002\",\"head_seq\":7,\"may_release\":false,\"points\":[{\"point\":1,\"state\":\"holds\"," \
    "\"title\":\"All steps are executed\"},{\"point\":4,\"state\":\"open\",\"text\":\"viability is out of specification\",\"title\":\"Nothing is open\"}]}}"

#define PLAN "{\"ok\":true,\"result\":{\"due\":2,\"rows\":[{\"act_by\":\"2033-12-31T23:59:59.999Z\",\"ends_at\":\"2035-12-31T23:59:59.999Z\"," \
    "\"kind\":\"suite\",\"name\":\"stemma/1\",\"state\":\"good\",\"todo\":\"install\"},{\"act_by\":\"2026-01-01T00:00:00.000Z\"," \
    "\"ends_at\":\"2026-02-01T00:00:00.000Z\",\"kind\":\"revocation_list\",\"name\":\"Issuing\",\"state\":\"late\",\"todo\":\"renew it\"}," \
    "{\"act_by\":\"2026-01-01T00:00:00.000Z\",\"ends_at\":\"2035-12-31T23:59:59.999Z\",\"kind\":\"second_tree\",\"name\":\"none yet\"," \
    "\"state\":\"due\",\"todo\":\"hash\"},{\"ends_at\":\"2027-01-01T00:00:00.000Z\",\"kind\":\"authority\",\"name\":\"Old\",\"state\":\"renewed\"," \
    "\"todo\":\"nothing\"}]}}"
#define RENEWED "{\"ok\":true,\"result\":{\"authority\":\"Authority\",\"lasts_until\":\"2035-12-31T23:59:59.999Z\",\"size\":812," \
    "\"stamped_at\":\"2026-03-01T08:30:00.000Z\",\"state\":\"recorded\",\"what\":\"hashes\"}}"
/* U-ADA is an administrator, who sees that U-9 is locked out */
#define KEYS "{\"ok\":true,\"result\":{\"keys\":[{\"certificate_ends_at\":\"2028-03-01T08:30:00.000Z\",\"failures\":10,\"last_failure_at\":" \
    "\"2026-03-01T08:30:00.000Z\",\"person_id\":\"U-9\",\"state\":\"locked\"},{\"certificate_ends_at\":\"2028-03-01T08:30:00.000Z\",\"failures\":0," \
    "\"person_id\":\"U-ADA\",\"state\":\"open\"}]}}"

#define REPORT(holds, state, entries, rest) "{\"ok\":true,\"result\":{\"acts\":200,\"began_at\":\"2026-03-01T08:30:00.000Z\",\"entries\":" \
    entries ",\"holds\":" holds ",\"scope\":\"whole\",\"state\":\"" state "\",\"streams\":40,\"total\":400,\"tree_size\":400" rest "}}"
#define ENDED ",\"ended_at\":\"2026-03-01T08:31:00.000Z\",\"replayed\":380,\"rows\":1200"
#define FAULT "[{\"key\":\"B-2026000002\",\"rule\":\"replay\",\"seq\":5,\"stream\":\"B-2026000002\",\"table\":\"batch.batch\"," \
    "\"text\":\"state is \\\"released\\\", the statements make it \\\"on_hold\\\"\"}]"

/* The first verification finds nothing, the second is broken off, the third finds a fault; each is seen under way first. */
static const char *verify(struct fake_house *f, bool begins)
{
    if (begins) {
        f->verified++;
        f->looked = 0;
        return REPORT("true", "running", "0", ",\"faults\":[]");
    }
    if (f->verified == 0)
        return REFUSAL("not_found", "404", "", "the record was never verified here");
    if (f->looked++ == 0)
        return REPORT("true", "running", "100", ",\"faults\":[]");
    return f->verified == 1 ? REPORT("true", "done", "400", ENDED ",\"faults\":[]")
         : f->verified == 2 ? REPORT("true", "unfinished", "100", ",\"faults\":[],\"notes\":[\"broken off: no answer\"]")
                            : REPORT("false", "done", "400", ENDED ",\"faults\":" FAULT);
}

static const char *result_for(struct fake_house *f, const struct wire_request *r)
{
    const char *verb = r->envelope.verb;
    if (strcmp(verb, "signer.sealing_key") == 0)
        return sealing_key(f, r->arena);
    if (strcmp(verb, "signer.prove") == 0 || strcmp(verb, "signer.sign") == 0)
        return prove(f, r);
    if (strcmp(verb, "batch.note") == 0 || strcmp(verb, "access.key_unlock") == 0 || strcmp(verb, "access.key_revoke") == 0)
        return act(f, r);
    if (strcmp(verb, "signer.authenticator") == 0)
        return authenticator(f, r);
    if (strcmp(verb, "signer.authenticator_set") == 0)
        return authenticator_set(f, r);
    if (strcmp(verb, "signer.secret_change") == 0)
        return secret_change(f, r);
    if (strcmp(verb, "signer.keys") == 0)
        return KEYS;
    if (strncmp(verb, "signer.key_", 11) == 0)
        return "{\"ok\":true,\"result\":{\"done\":1}}";
    if (strcmp(verb, "quality.results") == 0)
        return RESULTS;
    if (strcmp(verb, "release.gate") == 0)
        return GATE;
    if (strcmp(verb, "batch.show") == 0 && !strstr(r->body, "B-7"))
        return SHOW;
    if (strcmp(verb, "audit.dossier") == 0)
        return REFUSAL("not_found", "404", "batch_id", "no entry of it is sealed yet");
    if (strcmp(verb, "audit.plan") == 0)
        return PLAN;
    if (strcmp(verb, "audit.renew") == 0)
        return strstr(r->body, "hashes") ? RENEWED : REFUSAL("state_forbids", "409", "what", "no authority gives a time-stamp that lasts longer");
    if (strcmp(verb, "audit.verify") == 0 || strcmp(verb, "audit.verify_state") == 0)
        return verify(f, verb[12] == '\0');
    if (strcmp(verb, "audit.restores") == 0)
        return "{\"ok\":true,\"result\":{\"tests\":[{\"backup_at\":\"2026-03-01T01:00:00.000Z\",\"entries\":390,\"holds\":true,\"seq\":7,"
               "\"tested_at\":\"2026-03-01T04:30:00.000Z\",\"text\":\"put back, verified whole\"}]}}";
    if (strcmp(verb, "audit.log_file") == 0)
        return strstr(r->body, "tile/0/000\"") || strstr(r->body, "checkpoint") ? "{\"ok\":true,\"result\":{\"data\":\"AAEC/w==\"}}"
                                                                             : REFUSAL("not_found", "404", "path", "none");
    if (strcmp(verb, "access.challenge") == 0)
        return arena_printf(r->arena, "{\"ok\":true,\"result\":{\"login\":\"stemma-login/1\\nperson %s\\n\"}}", person_of(r));
    if (strcmp(verb, "access.login") == 0)
        return arena_printf(r->arena, "{\"ok\":true,\"result\":{\"expires_at\":\"2999-01-01T00:00:00.000Z\",\"name\":\"Ada \\\"Q\\\"\",\"person_id\":\"%s\","
                            "\"roles\":[\"%s\"],\"terminal_id\":\"T-WEB\",\"token\":\"" FAKE_TOKEN "\"}}", person_of(r),
                            strcmp(person_of(r), "U-ADA") == 0 ? "admin" : "qa");
    if (strcmp(verb, "batch.list") == 0 && strstr(r->body, "ended"))
        return REFUSAL("session_ended", "401", "", "over");
    if (strcmp(verb, "batch.list") == 0 && !strstr(r->body, "received"))
        return "{\"ok\":true,\"result\":{\"batches\":[" BATCH("B-2026000003", "open", "0", "0") "," BATCH("B-2026000002", "on_hold", "5", "2") ","
               BATCH("B-2026000001", "released", "9", "0") "]}}";
    if (strcmp(verb, "batch.show") == 0)
        return REFUSAL("not_found", "404", "batch_id", "none");
    return "{\"ok\":true,\"result\":{}}";
}

static void *serve(void *cls)
{
    struct fake_house *f = cls;
    struct wire_request r[8];
    while (!atomic_load(&f->stopping)) {
        size_t n = wire_server_receive(f->server, 50, r, 8);
        for (size_t i = 0; i < n; i++) {
            const struct envelope *v = &r[i].envelope;
            pthread_mutex_lock(&f->lock);
            snprintf(f->seen, sizeof f->seen, "%s %s %s %s %s", v->verb, v->phase, v->command, v->stream, v->token);
            pthread_mutex_unlock(&f->lock);
            const char *body = arena_dup(r[i].arena, r[i].body, r[i].body_len);
            r[i].body = body;
            const char *reply = result_for(f, &r[i]);
            wire_server_reply(f->server, &r[i], reply, strlen(reply));
        }
    }
    return NULL;
}

static unsigned free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    getsockname(fd, (struct sockaddr *)&a, &len);
    close(fd);
    return ntohs(a.sin_port);
}

struct fake_house *fake_house_new(const char *extra)
{
    struct fake_house *f = calloc(1, sizeof *f);
    struct err e = {0};
    signal(SIGPIPE, SIG_IGN);       /* whoever asks may find the house hung up while it still writes */
    char text[1000], path[200], public_dir[200], endpoint[60];
    strncpy(f->folder, "/tmp/fake_houseXXXXXX", sizeof f->folder - 1);
    assert_non_null(mkdtemp(f->folder));
    assert_int_equal(key_new(KEY_P256, &f->sealing, &e), 0);
    static const char shown[] = "Add a signed remark to a batch.\nRemark: \xc2\xb5L\n";
    digest_sha256(shown, sizeof shown - 1, f->shown_sha256);
    f->kept = arena_new(0);
    make_certificate(f->folder);
    make_keys(f->folder);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", free_port());
    snprintf(text, sizeof text, "access = %s\nbatch = %s\nsigner = %s\nquality = %s\nrelease = %s\naudit = %s\ncustody = %s\n", endpoint, endpoint,
             endpoint, endpoint, endpoint, endpoint, endpoint);
    write_file(f->folder, "directory.ini", text);
    snprintf(text, sizeof text, "listen = 127.0.0.1:0\ntls_certificate = tls.pem\ntls_key = tls.key\ncurve_secret = gateway.key_secret\n"
             "curve_public = public\ndirectory = directory.ini\nterminal = T-WEB\ntimeout_ms = 3000\nbody_max = 20000\n%s", extra);
    write_file(f->folder, "gateway.ini", text);
    snprintf(path, sizeof path, "%s/batch.key_secret", f->folder);
    snprintf(public_dir, sizeof public_dir, "%s/admitted", f->folder);
    assert_int_equal(wire_server_new(endpoint, path, public_dir, &f->server, &e), 0);
    pthread_mutex_init(&f->lock, NULL);
    pthread_create(&f->thread, NULL, serve, f);
    f->arena = arena_new(0);
    snprintf(path, sizeof path, "%s/gateway.ini", f->folder);
    if (gateway_settings_read(f->arena, path, &f->settings, &e) != 0 || http_new(&f->settings, &f->http, &e) != 0)
        fail_msg("%s", e.text);
    return f;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

void fake_house_free(struct fake_house *f)
{
    http_free(f->http);
    atomic_store(&f->stopping, true);
    pthread_join(f->thread, NULL);
    wire_server_free(f->server);
    pthread_mutex_destroy(&f->lock);
    nftw(f->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(f->arena);
    arena_free(f->kept);
    key_free(f->sealing);
    free(f);
}

/* An answer is whole when its body has the length it says; a stream of events is read for half a second. */
static bool is_whole(const char *text, size_t len)
{
    const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "\r\nContent-Length:");
    return end && length && length < end && len >= (size_t)(end + 4 - text) + strtoul(length + 17, NULL, 10);
}

static void split(char *text, struct reply *ret)
{
    char *end = strstr(text, "\r\n\r\n");
    *ret = (struct reply){0, text, text + strlen(text)};
    if (!end)
        return;
    ret->body = end + 4;
    end[2] = '\0';
    sscanf(text, "HTTP/1.1 %d", &ret->status);
}

/* Returns 1, or 0 or less when the house hung up on the way. */
static ssize_t send_whole(gnutls_session_t tls, const char *data, size_t len)
{
    ssize_t n = 1;
    for (size_t sent = 0; sent < len && n > 0; sent += n > 0 ? (size_t)n : 0)
        n = gnutls_record_send(tls, data + sent, len - sent);
    return n;
}

void fake_house_ask(struct fake_house *f, const char *request, struct reply *ret)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(http_port(f->http))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {2, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    gnutls_session_t tls;
    gnutls_certificate_credentials_t anyone;
    gnutls_init(&tls, GNUTLS_CLIENT);
    gnutls_certificate_allocate_credentials(&anyone);
    gnutls_set_default_priority(tls);
    gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, anyone);
    gnutls_transport_set_int(tls, fd);
    char *text = calloc(1, 1 << 20);
    size_t len = 0;
    if (gnutls_handshake(tls) == 0) {
        ssize_t n = send_whole(tls, request, strlen(request));
        while (n > 0 && len < (1 << 20) - 1 && !is_whole(text, len) && !strstr(text, "data: last")) {
            n = gnutls_record_recv(tls, text + len, (1 << 20) - 1 - len);
            len += n > 0 ? (size_t)n : 0;
        }
    }
    gnutls_deinit(tls);
    gnutls_certificate_free_credentials(anyone);
    close(fd);
    split(text, ret);
}

void reply_done(struct reply *r)
{
    free(r->head);
}

void fake_house_post(struct fake_house *f, const char *path, const char *headers, const char *body, struct reply *ret)
{
    size_t size = strlen(headers) + strlen(body) + 300;
    char *request = calloc(1, size);
    snprintf(request, size, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s", path,
             strlen(body), headers, body);
    fake_house_ask(f, request, ret);
    free(request);
}

void fake_house_get(struct fake_house *f, const char *path, const char *headers, struct reply *ret)
{
    char request[1000];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, headers);
    fake_house_ask(f, request, ret);
}

const char *fake_house_login(struct fake_house *f)
{
    static char headers[300];
    struct reply r;
    fake_house_post(f, "/api/login", "", "{\"login\":\"text\",\"signature\":\"AAAA\"}", &r);
    assert_int_equal(r.status, 200);
    const char *cookie = strstr(r.head, "Set-Cookie: "), *csrf = strstr(r.body, "\"csrf\":\"");
    assert_non_null(cookie);
    assert_non_null(csrf);
    snprintf(headers, sizeof headers, "Cookie: theme=dark; %.*s\r\nStemma-Csrf: %.64s\r\n", (int)strcspn(cookie + 12, ";"), cookie + 12, csrf + 8);
    reply_done(&r);
    return headers;
}

void fake_house_tell(struct fake_house *f, const char *text)
{
    http_tell(f->http, text);
}

unsigned fake_house_port(struct fake_house *f)
{
    return http_port(f->http);
}

const char *fake_house_seen(struct fake_house *f)
{
    static char seen[300];
    pthread_mutex_lock(&f->lock);
    memcpy(seen, f->seen, sizeof seen);
    pthread_mutex_unlock(&f->lock);
    return seen;
}

void reply_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in: %.600s", part, text);
}

void reply_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in: %.600s", part, text);
}
