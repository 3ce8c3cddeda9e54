/* The life of a person's key through `stemma person`, over the running house: enrolled, locked and unlocked, renewed, revoked,
 * gone; and the dossier of a batch that the person signed in, made before the revocation and after it. */
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/totp.h"
#include "house_support.h"
#include "record/record.h"
#include "support/house.h"
#include "support/terminal.h"
#include "unit/crypto/authenticator.h"
#include "wire/client.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MODEL "B-20260009"   /* the demo's marrow concentrate lends its donor and collection */

static void say(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static const char *lines(const char *a, const char *b, const char *c)
{
    return arena_printf(house_arena(), "%s\n%s%s%s%s", a, b, b[0] != '\0' ? "\n" : "", c, c[0] != '\0' ? "\n" : "");
}

static const char *ada(void) { return house_login("U-ADA")->secret; }

static void holds(struct said s)
{
    if (s.status != 0)
        fail_msg("%s%s", s.out, s.err);
}

static bool has(const char *text, const char *part) { return strstr(text, part) != NULL; }

static struct said login(const char *person, const char *terminal, const char *secret)
{
    return terminal_run("stemma", terminal, lines(secret, "", ""), WORDS("login", person, "--secret-fd=0"));
}

/* a command of the administrator at T-OFFICE1 */
static struct said by_ada(const char *secrets, const char *const *words)
{
    holds(login("U-ADA", "T-OFFICE1", ada()));
    return terminal_run("stemma", "T-OFFICE1", secrets, words);
}

static const char *fresh(void)
{
    uint8_t random[5];
    char hex[11];
    random_fill(random, sizeof random);
    hex_of(random, sizeof random, hex);
    for (char *c = hex; *c != '\0'; c++)
        *c = (char)(*c >= 'a' ? *c - 'a' + 'A' : *c);
    return arena_printf(house_arena(), "U-K%s", hex);
}

static const char *enrolled(const char *roles, const char *secret)
{
    const char *person = fresh();
    holds(by_ada(lines(ada(), secret, ada()),
                 WORDS("person", "enrol", person, "name=Kim Invented", arena_printf(house_arena(), "roles=%s", roles),
                       "identity_verified_how=passport", "--yes", "--secret-fd=0")));
    return person;
}

/* an open batch, made once: U-MARA opens it before others take the terminal */
static const char *batch(void)
{
    static const char *id;
    struct err e = {0};
    struct batch_show m;
    struct receipt made;
    struct batch_open in;
    struct batch_key key = {MODEL};
    struct house_person *mara = house_login("U-MARA");
    if (id != NULL)
        return id;
    assert_int_equal(desk_call(mara->desk, house_arena(), "batch.show", &key, &m, &e), 0);
    record_init(&record_batch_open, &in);
    in.procedure_id = "P-BMAC";
    in.specification_id = "Q-BMAC";
    in.procedure_version = in.specification_version = 1;
    in.collection_id = m.collection_id;
    in.donor_id = m.donor_id;
    in.recipient_code = m.recipient_code;
    if (desk_act(mara->desk, house_arena(), "batch.open", &in, house_secret(mara), &made, &e) != 0)
        fail_msg("%s", e.text);
    return id = arena_text(house_arena(), made.stream);
}

/* the person's remark on the batch, from T-BENCH1 */
static struct said note(const char *secret)
{
    return terminal_run("stemma", "T-BENCH1", lines(secret, "", ""), WORDS("batch", "note", batch(), "text=seen, nothing to add", "--yes", "--secret-fd=0"));
}

static struct said verified_dossier(const char *name)
{
    struct said s = {1, "", ""};
    holds(login("U-RUTH", "T-OFFICE6", house_login("U-RUTH")->secret));
    for (int i = 0; i < 60 && s.status != 0; i++) {   /* the note has to reach a checkpoint first */
        s = terminal_run("stemma", "T-OFFICE6", "", WORDS("dossier", batch(), "-o", terminal_home(name)));
        usleep(s.status != 0 ? 1000000 : 0);
    }
    holds(s);
    return terminal_run("stemma-verify", "T-BENCH1", "", WORDS(terminal_home(name), "--trust", arena_printf(house_arena(), "%s/trust", house_dir())));
}

CASE(R01_a_locked_key_is_shown_to_an_administrator_who_unlocks_it_with_a_reason)
{
    const char *person = enrolled("technician", "first secret");
    for (int i = 0; i < 5; i++)
        assert_int_equal(login(person, "T-BENCH1", "wrong secret").status, 1);
    struct said s = login(person, "T-BENCH1", "first secret");
    assert_true(s.status == 1 && has(s.err, "locked"));
    assert_true(has(terminal_run("stemma", "T-OFFICE1", "", WORDS("health", "signer")).out, "locked after wrong secrets"));
    s = login("U-ADA", "T-OFFICE1", ada());
    assert_true(has(s.err, person) && has(s.err, "throttled"));
    assert_true(has(terminal_run("stemma", "T-OFFICE1", "", WORDS("person", "keys")).out, "throttled"));
    s = by_ada(lines(ada(), "", ""), WORDS("person", "unlock", person, "reason=no", "--yes", "--secret-fd=0"));
    assert_true(s.status == 1 && has(s.err, "reason"));
    holds(by_ada(lines(ada(), "", ""), WORDS("person", "unlock", person, "reason=mistyped with gloves on", "--yes", "--secret-fd=0")));
    assert_false(has(login("U-ADA", "T-OFFICE1", ada()).err, person));
    /* access counts failed logins of its own at this terminal: another one is open */
    holds(login(person, "T-OFFICE2", "first secret"));
}

CASE(R01_nobody_unlocks_or_revokes_their_own_key)
{
    struct said s = by_ada(lines(ada(), "", ""), WORDS("person", "unlock", "U-ADA", "reason=mistyped with gloves on", "--yes", "--secret-fd=0"));
    assert_true(s.status == 1 && has(s.err, "another administrator"));
    s = by_ada(lines(ada(), "", ""), WORDS("person", "rotate", "U-ADA", "passport", "reason=the old one ends soon", "--yes", "--secret-fd=0"));
    assert_true(s.status == 1 && has(s.err, "another administrator"));
}

CASE(P11_27_a_rotated_person_goes_on_with_the_new_secret_alone)
{
    batch();
    const char *person = enrolled("technician", "first secret");
    holds(login(person, "T-BENCH1", "first secret"));
    holds(by_ada(lines(ada(), "next secret", ada()),
                 WORDS("person", "rotate", person, "identity_card", "reason=the old one ends soon", "--yes", "--secret-fd=0")));
    assert_int_equal(note("first secret").status, 1);
    assert_int_equal(login(person, "T-BENCH1", "first secret").status, 1);
    holds(login(person, "T-BENCH1", "next secret"));
    holds(note("next secret"));
}

CASE(R01_a_revocation_stops_later_acts_and_spoils_no_dossier_of_earlier_ones)
{
    batch();
    const char *person = enrolled("technician", "first secret");
    holds(login(person, "T-BENCH1", "first secret"));
    holds(note("first secret"));
    holds(verified_dossier("before.asice"));
    holds(by_ada(lines(ada(), "", ""),
                 WORDS("person", "revoke", person, "lost", "reason=the card was left in a train", "--yes", "--secret-fd=0")));
    assert_int_equal(note("first secret").status, 1);
    assert_int_equal(login(person, "T-BENCH1", "first secret").status, 1);
    sleep(3);   /* services look at the list every two seconds; the audit service encloses it anyway */
    holds(verified_dossier("after.asice"));
    struct said s = terminal_run("stemma-verify", "T-BENCH1", "", WORDS(terminal_home("before.asice"), "--trust", arena_printf(house_arena(), "%s/trust", house_dir())));
    holds(s);
    struct stat st;
    assert_int_equal(stat(arena_printf(house_arena(), "%s/keys/%s.key", house_dir(), person), &st), -1);
    /* a lost token is no end: the person proves who they are and gets a new one */
    holds(by_ada(lines(ada(), "next secret", ada()),
                 WORDS("person", "rotate", person, "identity_card", "reason=the card was left in a train", "--yes", "--secret-fd=0")));
    holds(login(person, "T-BENCH1", "next secret"));
    holds(note("next secret"));
}

static void started_again(const char *service)
{
    pid_t pid = house_pid(service);
    kill(pid, SIGTERM);
    house_wait_ready(service, pid);
}

/* by the program, and by the shell script that shares no code with it */
static void both_verify(const char *name)
{
    const char *trust = arena_printf(house_arena(), "%s/trust", house_dir()), *said;
    holds(terminal_run("stemma-verify", "T-BENCH1", "", WORDS(terminal_home(name), "--trust", trust)));
    if (house_run(&said, "/bin/sh", STEMMA_SOURCE "/docs/verify.sh", terminal_home(name), trust, NULL) != 0)
        fail_msg("%s: %s", name, said);
}

/* Nobody stops working: who has a certificate of the former CA signs on, new ones come from the new one, revocations of both are
 * published, and a dossier holds acts under both. */
CASE(R01_the_issuing_ca_is_replaced_under_its_root)
{
    batch();
    const char *house = house_dir(), *before = enrolled("technician", "first secret"), *after, *said;
    holds(login(before, "T-BENCH1", "first secret"));
    holds(note("first secret"));
    holds(verified_dossier("former.asice"));
    if (house_run(&said, "stemma-signer", "--new-ca", house, arena_printf(house_arena(), "%s/offline/lab-root.key", house), NULL) != 0)
        fail_msg("%s", said);
    assert_true(has(said, "the former issuing CA is number 1"));
    started_again("signer");
    started_again("access");
    holds(login(before, "T-BENCH1", "first secret"));
    holds(note("first secret"));
    after = enrolled("technician", "first secret");
    assert_int_equal(house_run(NULL, "/bin/sh", "-c", "cd \"$0/pki\" && for p in $1:issuing-1 $2:issuing; do openssl verify -no-CApath"
                               " -no-CAstore -CAfile lab-root.pem -untrusted ${p#*:}.pem ../keys/${p%:*}.key || exit 1; done", house, before, after, NULL), 0);
    holds(login(after, "T-BENCH1", "first secret"));
    holds(note("first secret"));
    holds(by_ada(lines(ada(), "next secret", ada()),
                 WORDS("person", "rotate", before, "identity_card", "reason=the issuing CA was replaced", "--yes", "--secret-fd=0")));
    holds(by_ada(lines(ada(), "", ""), WORDS("person", "revoke", after, "lost", "reason=the card was left in a train", "--yes", "--secret-fd=0")));
    holds(login(before, "T-BENCH1", "next secret"));
    holds(note("next secret"));
    sleep(3);   /* services look at the lists every two seconds */
    holds(verified_dossier("both.asice"));
    both_verify("both.asice");
    both_verify("former.asice");
}

CASE(R01_who_leaves_is_shown_with_open_work_and_comes_in_no_more)
{
    batch();
    const char *person = enrolled("technician", "first secret");
    holds(login(person, "T-BENCH1", "first secret"));
    holds(note("first secret"));
    struct said s = by_ada(lines(ada(), "", ""), WORDS("person", "leave", person, "reason=goes to another lab", "--yes", "--secret-fd=0"));
    holds(s);
    assert_true(has(s.out, "nobody has finished") && has(s.out, batch()));
    s = note("first secret");
    assert_true(s.status == 1 && has(s.err, "session"));
    assert_int_equal(login(person, "T-BENCH1", "first secret").status, 1);
    assert_true(has(terminal_run("stemma", "T-OFFICE1", "", WORDS("person", "list")).out, "closed"));
    s = by_ada(lines(ada(), "next secret", ada()), WORDS("person", "rotate", person, "passport", "reason=comes back after all", "--yes", "--secret-fd=0"));
    assert_int_equal(s.status, 1);
}

/* a statement of ${person}'s that no service asked for: who has the secret needs no session */
static void sign_elsewhere(const char *person, const char *secret)
{
    struct err e = {0};
    struct house_person *tom = house_login("U-TOM");
    struct person_key who = {.person_id = person};
    struct certificate_row certificate;
    struct bytes signature;
    char at[CLOCK_TEXT];
    clock_to_text(clock_ms(), at);
    assert_int_equal(desk_call(tom->desk, house_arena(), "signer.certificate", &who, &certificate, &e), 0);
    const char *text = arena_printf(house_arena(), "stemma-statement/1\ntype batch.note\nstream B-1\nactor %s T-99\nsigner %s %s\nmeaning performed\n"
                                    "reviewed -1 %s\nrendered %s verb/1\nat %s\ncommand 019306b2c4f27abc8def0123456789ab\nbody 3\n\n{}\n", person,
                                    certificate.certificate_sha256, person, certificate.certificate_sha256, certificate.certificate_sha256, at);
    if (desk_sign(tom->desk, house_arena(), person, text, (struct bytes){(const uint8_t *)secret, strlen(secret)}, &signature, &e) != 0)
        fail_msg("%s", e.text);
}

CASE(R01_a_login_says_what_was_signed_in_the_persons_name_since_the_one_before)
{
    const char *person = enrolled("technician", "first secret");
    batch();                       /* U-MARA opens it at that terminal */
    struct said s = login(person, "T-BENCH1", "first secret");
    holds(s);
    assert_true(has(s.out, "no login of yours before: no signature was made in your name."));
    holds(note("first secret"));
    holds(note("first secret"));
    holds(terminal_run("stemma", "T-BENCH1", "", WORDS("logout")));
    s = login(person, "T-OFFICE2", "first secret");
    assert_true(has(s.out, "Since your last login at 2") && has(s.out, ", terminal T-BENCH1: 2 signatures were made in your name, the last at 2"));
    sign_elsewhere(person, "first secret");
    s = login(person, "T-BENCH1", "first secret");
    assert_true(has(s.out, ", terminal T-OFFICE2: 1 signature was made in your name, the last at 2"));
    s = terminal_run("stemma", "T-BENCH1", lines("first secret", "", ""), WORDS("--json", "login", person, "--secret-fd=0"));
    assert_true(s.status == 0 && s.out[0] == '{' && !has(s.out, "Since") && has(s.err, ", terminal T-BENCH1: no signature was made"));
}

CASE(R01_the_signers_journal_is_shown_to_its_person)
{
    const char *person = enrolled("technician", "first secret");
    holds(login(person, "T-BENCH1", "first secret"));
    struct said s = terminal_run("stemma", "T-BENCH1", "first secret\n", WORDS("person", "journal", "--secret-fd=0"));
    holds(s);
    assert_true(has(s.out, "key_create") && has(s.out, "prove") && !has(s.out, "U-MARA"));
    s = terminal_run("stemma", "T-BENCH1", "first secret\n", WORDS("person", "journal", "U-MARA", "--secret-fd=0"));
    assert_true(s.status == 1 && has(s.err, "administrator"));
    s = by_ada(lines(ada(), "", ""), WORDS("person", "journal", person, "limit=500", "--secret-fd=0"));
    holds(s);
    assert_true(has(s.out, "key_create") && !has(s.err, "earlier"));
    s = by_ada(lines(ada(), "", ""), WORDS("person", "journal", "limit=1", "--secret-fd=0"));
    holds(s);
    const char *before = strstr(s.err, "before=");
    assert_true(before != NULL && has(s.err, "1 shown; there may be earlier"));
    before = arena_printf(house_arena(), "before=%ld", strtol(before + 7, NULL, 10));
    holds(by_ada(lines(ada(), "", ""), WORDS("person", "journal", person, before, "--secret-fd=0")));
    assert_int_equal(terminal_run("stemma", "T-OFFICE1", lines(ada(), "", ""), WORDS("person", "journal", "secret_sealed=AAAA", "--secret-fd=0")).status, 2);
    holds(terminal_run("stemma", "T-BENCH1", lines("first secret", "second secret", ""), WORDS("person", "secret", "--secret-fd=0")));
    holds(login(person, "T-BENCH1", "second secret"));
}

/* `stemma` at a terminal of its own, a pseudo one: each of ${answers} is typed when something is asked */
static int typed(const char *terminal, const char *const *answers, const char *const *words)
{
    char *argv[TERMINAL_WORDS_MAX + 2], *env[3], seen[4096];
    size_t len = 0;
    int status, tty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    terminal_prepare("stemma", terminal, words, argv, env);
    assert_true(tty >= 0 && grantpt(tty) == 0 && unlockpt(tty) == 0);
    const char *name = arena_text(house_arena(), ptsname(tty));
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        int own = open(name, O_RDWR);
        if (own < 0 || ioctl(own, TIOCSCTTY, 0) != 0 || dup2(own, 0) < 0 || dup2(own, 1) < 0 || dup2(own, 2) < 0)
            _exit(127);
        execve(argv[0], argv, env);
        _exit(127);
    }
    for (ssize_t n; len < sizeof seen && (n = read(tty, seen + len, sizeof seen - len)) > 0;) {
        len += (size_t)n;
        if (*answers != NULL && len > 2 && memcmp(seen + len - 2, ": ", 2) == 0)
            say(tty, arena_printf(house_arena(), "%s\n", *answers++));
    }
    close(tty);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_null(*answers);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

#define ENROL(person) "person", "enrol", person, "name=Kim Invented", "roles=technician", "identity_verified_how=passport", "--yes"

CASE(R01_two_secrets_that_differ_one_too_short_and_none_enrol_nobody)
{
    const char *person = fresh();
    static const char *const given[] = {"", "short\n", "\n"};
    holds(login("U-ADA", "T-OFFICE1", ada()));
    assert_int_equal(typed("T-OFFICE1", (const char *const[]){ada(), "first secret", "furst secret", NULL}, WORDS(ENROL(person))), 2);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        assert_int_not_equal(terminal_run("stemma", "T-OFFICE1", arena_printf(house_arena(), "%s\n%s", ada(), given[i]), WORDS(ENROL(person), "--secret-fd=0")).status, 0);
    assert_false(has(terminal_run("stemma", "T-OFFICE1", "", WORDS("person", "list")).out, person));
    /* typed alike, the same command does it */
    assert_int_equal(typed("T-OFFICE1", (const char *const[]){ada(), "first secret", "first secret", ada(), NULL}, WORDS(ENROL(person))), 0);
    holds(login(person, "T-BENCH1", "first secret"));
}

CASE(R01_an_enrolment_that_was_broken_off_is_finished_as_it_says)
{
    const char *person = fresh();
    struct said s = by_ada(lines(ada(), "first secret", ""), WORDS(ENROL(person), "--secret-fd=0"));
    assert_true(s.status != 0 && has(s.err, "recorded") && has(s.err, arena_printf(house_arena(), "person rotate %s", person)));
    assert_int_equal(login(person, "T-BENCH1", "first secret").status, 1);
    assert_int_equal(by_ada(lines(ada(), "first secret", ada()), WORDS(ENROL(person), "--secret-fd=0")).status, 1);
    holds(by_ada(lines(ada(), "next secret", ada()),
                 WORDS("person", "rotate", person, "identity_verified_how=passport", "reason=the enrolment was broken off", "--yes", "--secret-fd=0")));
    holds(login(person, "T-BENCH1", "next secret"));
}

/* the signer again, with ${line} more in its settings; NULL: as it was */
static void signer_with(const char *line)
{
    static char *before;
    const char *path = arena_printf(house_arena(), "%s/etc/signer.ini", house_dir());
    if (before == NULL)
        before = test_read(path, NULL);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "%s%s\n", before, line != NULL ? line : "");
    assert_int_equal(fclose(f), 0);
    pid_t pid = house_pid("signer");
    kill(pid, SIGKILL);
    house_wait_ready("signer", pid);
}

static void signer_as_it_was(void) { signer_with(NULL); }

struct device {
    uint8_t key[TOTP_KEY_LEN];
    int64_t step;                /* of the code that was given last */
};

/* the key that the command shows, as a person types it over */
static void device_set(struct device *d, const char *base32)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint64_t bits = 0;
    int held = 0;
    size_t n = 0;
    for (; n < sizeof d->key; base32++) {
        const char *at = strchr(letters, *base32);
        assert_true(at != NULL && *at != '\0');
        bits = bits << 5 | (uint64_t)(at - letters);
        if ((held += 5) >= 8)
            d->key[n++] = (uint8_t)(bits >> (held -= 8));
    }
}

/* the next code that the signer takes: it takes the one before and the one after the device's, each once */
static const char *next_code(struct device *d)
{
    while (clock_ms() % TOTP_STEP_MS > TOTP_STEP_MS - 4000 || clock_ms() / TOTP_STEP_MS + 1 <= d->step)
        usleep(200000);
    int64_t now = clock_ms() / TOTP_STEP_MS;
    d->step = d->step < now - 1 ? now - 1 : d->step + 1;
    return arena_printf(house_arena(), "%06u", totp_code(d->key, sizeof d->key, d->step, TOTP_DIGITS));
}

/* `person totp`, without a session: who has no codes yet has none to log in with */
static void set_up(struct device *d, const char *person, const char *secret)
{
    static const char before[] = "Key for your device: ";
    int in;
    pid_t pid = terminal_start("stemma", "T-OFFICE2", WORDS("person", "totp", person, "--secret-fd=0"), &in);
    const char *key = NULL;
    for (int i = 0; i < 100 && key == NULL; i++) {
        usleep(50000);
        key = strstr(terminal_said(), before);
    }
    assert_non_null(key);
    device_set(d, key + sizeof before - 1);
    say(in, lines(secret, next_code(d), ""));
    holds(terminal_finish(pid, in));
}

CASE(P11_19_where_codes_are_asked_for_people_log_in_enrol_and_change_their_secret)
{
    const char *person = enrolled("admin", "first secret"), *other = fresh(), *code;
    struct device device = {.step = 0};
    int in;
    atexit(signer_as_it_was);
    signer_with("second_factor = act");
    assert_int_equal(login(person, "T-OFFICE2", "first secret").status, 1);
    set_up(&device, person, "first secret");
    holds(terminal_run("stemma", "T-OFFICE2", lines("first secret", next_code(&device), ""), WORDS("login", person, "--secret-fd=0")));
    pid_t pid = terminal_start("stemma", "T-OFFICE2", WORDS(ENROL(other), "--secret-fd=0"), &in);
    code = next_code(&device);
    say(in, lines("first secret", code, "secret of another"));
    say(in, lines("first secret", code, ""));   /* it serves once: the command waits for the next */
    say(in, lines(next_code(&device), "", ""));
    struct said s = terminal_finish(pid, in);
    holds(s);
    assert_true(has(s.err, "was used"));
    /* without a code nothing is changed; with one it is */
    assert_int_equal(terminal_run("stemma", "T-OFFICE2", lines("first secret", "second secret", ""), WORDS("person", "secret", "--secret-fd=0")).status, 1);
    holds(terminal_run("stemma", "T-OFFICE2", lines("first secret", "second secret", next_code(&device)), WORDS("person", "secret", "--secret-fd=0")));
    signer_with(NULL);
    holds(login(person, "T-OFFICE2", "second secret"));
    holds(login(other, "T-OFFICE2", "secret of another"));
}

/* the answer of the signer's own socket to ${verb}, whose service it may not be */
static int asked_of_the_signer(struct wire_client *c, const char *verb, const char *body)
{
    const struct envelope env = {verb, "", "call", "", "", clock_ms() + 10000};
    struct bytes reply, result;
    struct err e = {0};
    int code = wire_exchange(c, house_arena(), "signer", &env, (struct bytes){(const uint8_t *)body, strlen(body)}, &reply, &e);
    return code != 0 ? code : reply_from_json(house_arena(), (const char *)reply.data, reply.len, &result, &e);
}

/* an authenticator of ${person}'s, registered as a page does it */
static void register_authenticator(const char *person, const char *secret)
{
    struct err e;
    struct key *key;
    struct done done;
    struct authenticator_set in;
    struct desk *desk = house_login("U-ADA")->desk;
    assert_int_equal(key_new(KEY_P256, &key, &e), 0);
    record_init(&record_authenticator_set, &in);
    in.person_id = person;
    in.credential_id = (struct bytes){(const uint8_t *)"an id", 5};
    in.public_key = authenticator_public(house_arena(), key);
    const char *about = arena_printf(house_arena(), "stemma-authenticator/1 %s %s %s", person, base64_of(house_arena(), "an id", 5),
                                     base64_of(house_arena(), in.public_key.data, in.public_key.len));
    const struct bytes text = {(const uint8_t *)about, strlen(about)};
    assert_int_equal(desk_seal(desk, house_arena(), text, (struct bytes){(const uint8_t *)secret, strlen(secret)}, &in.secret_sealed, &e), 0);
    struct answered w = answered_new(key, text);
    char *ini = test_read(arena_printf(house_arena(), "%s/etc/signer.ini", house_dir()), NULL);
    const char *origin = strstr(ini, "origins = ") + strlen("origins = ");
    w.origin = arena_dup(house_arena(), origin, strcspn(origin, " \n"));
    w.rp_id = "localhost";
    const struct webauthn_assertion made = answered_sign(house_arena(), &w);
    struct assertion *row = record_list_add(house_arena(), &record_assertion, &in.second_factor);
    row->client_data = made.client_data;
    row->authenticator_data = made.authenticator_data;
    row->assertion_signature = made.signature;
    if (desk_call(desk, house_arena(), "signer.authenticator_set", &in, &done, &e) != 0)
        fail_msg("%s", e.text);
    free(ini);
    key_free(key);
}

CASE(P11_19_who_has_an_authenticator_is_told_at_a_terminal_that_it_serves_at_a_page)
{
    const char *person = enrolled("technician", "first secret");
    atexit(signer_as_it_was);
    register_authenticator(person, "first secret");
    signer_with("second_factor = login");
    struct said s = login(person, "T-OFFICE2", "first secret");
    signer_with(NULL);
    assert_int_equal(s.status, 1);
    assert_true(has(s.err, "authenticator") && has(s.err, "page"));
    assert_false(has(s.err, "Code that your device shows"));     /* no code is asked for: none would help */
    holds(login(person, "T-OFFICE2", "first secret"));
}

CASE(R01_the_signer_answers_its_verbs_and_nothing_else)
{
    static const char *const its[] = {"sealing_key", "prove", "sign", "sign_document", "sign_manifest", "key_create", "certificate",
                                      "secret_change", "key_unlock", "key_revoke", "keys", "journal", "totp_set", "authenticator",
                                      "authenticator_set"};
    struct wire_client *c = NULL;
    struct err e = {0};
    size_t known = 0;
    if (wire_client_new(arena_printf(house_arena(), "%s/curve/secret/T-OFFICE1.key_secret", house_dir()),
                        arena_printf(house_arena(), "%s/curve/public", house_dir()),
                        arena_printf(house_arena(), "%s/etc/directory.ini", house_dir()), &c, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < verb_count(); i++) {
        const char *name = verb_at(i)->name;
        bool is_its = strncmp(name, "signer.", 7) == 0, is_listed = false;
        for (size_t k = 0; k < sizeof its / sizeof its[0]; k++)
            is_listed = is_listed || (is_its && strcmp(name + 7, its[k]) == 0);
        if (is_its != is_listed)
            fail_msg("%s is a new verb of the signer: who may ask, and what does it sign?", name);
        known += is_its;
        if (!is_its && strncmp(name, "service.", 8) != 0)
            assert_int_equal(asked_of_the_signer(c, name, "{}\n"), ERR_VERB_UNKNOWN);
    }
    assert_int_equal(known, sizeof its / sizeof its[0]);
    /* a terminal is no audit service, and a text that is no statement is not signed for anybody */
    assert_int_equal(asked_of_the_signer(c, "signer.sign_manifest", "{\"manifest\":\"<?xml\"}\n"), ERR_PEER_REFUSED);
    assert_int_equal(asked_of_the_signer(c, "signer.sign", "{\"person_id\":\"U-ADA\",\"secret_sealed\":\"AAAA\",\"statement\":\"abc\"}\n"),
                     ERR_STATEMENT_MALFORMED);
    assert_int_equal(asked_of_the_signer(c, "signer.keys", "{}\n"), 0);
    wire_client_free(c);
}
