/* The watch over the clocks (R16) on a real database: what is off is said, what is wrong records nothing, and what was
 * noticed is left to be recorded. One case at a time: they share the table of what the authorities say. */
#include "service/clock_watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab_clock.h"
#include "sequencer.h"
#include "service/dispatch.h"
#include "service/metrics.h"
#include "support/pg.h"
#include "support/test.h"
#include "tsa.h"
#include "unit/crypto/pki.h"

enum { ALONE, EPOCH, MEASURED, NEWS, FORGET };
static const struct statement_row rows[] = {
    [ALONE] = {"alone", "select pg_try_advisory_lock(727270099) as got", 0, NULL},
    [EPOCH] = {"epoch", "select epoch from ledger.tree_state", 0, NULL},
    [MEASURED] = {"measured", "select ahead_ms from ledger.clock", 0, NULL},
    [NEWS] = {"news", "select clock, state, against, ahead_ms from ledger.clock_news order by id", 0, NULL},
    [FORGET] = {"forget", "with n as (delete from ledger.clock_news) delete from ledger.clock", 0, NULL},
};
static const struct statement_table own_table = STATEMENT_TABLE(rows);

struct place {
    struct arena *a;
    struct db *admin, *access, *log;
    struct settings settings;
    struct log_tree tree;
    struct lab_clock lab;
};

static struct db_rows ask(struct place *p, int row)
{
    struct db_rows r;
    struct err e = {0};
    if (db_query(p->admin, p->a, &rows[row], DB_NONE, &r, &e) != 0)
        fail_msg("%s", e.text);
    return r;
}

static void place_begin(struct place *p)
{
    const struct statement_table of_access[] = {dispatch_statements, clock_watch_statements};
    p->a = arena_new(0);
    p->admin = pg_open(PG_ADMIN, &own_table);
    p->access = pg_open_tables("stemma_access", of_access, 2);
    p->log = pg_open("stemma_sequencer", &sequencer_statements);
    p->settings = (struct settings){.name = "access", .origin = PG_ORIGIN, .clock_warn_ms = 1000, .clock_refuse_ms = 5000};
    p->lab = (struct lab_clock){.limits = {1000, 5000}};
    struct db_rows r = ask(p, ALONE);
    for (int tries = 0; !db_cell_bool(&r, 0, "got") && tries < 1200; tries++) {
        usleep(50000);
        r = ask(p, ALONE);
    }
    assert_true(db_cell_bool(&r, 0, "got"));
    ask(p, FORGET);
    r = ask(p, EPOCH);
    p->tree = (struct log_tree){.db = p->log, .epoch = db_cell_int(&r, 0, "epoch")};
    clock_watch_look(p->access, &p->settings, true);
}

static void place_end(struct place *p)
{
    clock_set(TIME_ABSENT);
    ask(p, FORGET);
    p->log = db_close(p->log);
    p->access = db_close(p->access);
    p->admin = db_close(p->admin);
    p->a = arena_free(p->a);
}

#define PLACE                                   \
    CLEANUP(place_end) struct place p = {0};    \
    place_begin(&p)

/* The process's clock, from now on off by so much; a step that the next look sees. */
static void off_by(struct place *p, int64_t ms)
{
    clock_set(TIME_ABSENT);
    if (ms != 0)
        clock_set(clock_ms() + ms);
    clock_watch_look(p->access, &p->settings, true);
}

static void expect_news(struct place *p, int at, const char *clock, const char *state, const char *against, int64_t ahead_ms)
{
    struct db_rows r = ask(p, NEWS);
    assert_true(r.rows > at);
    assert_string_equal(db_cell_text(&r, at, "clock"), clock);
    assert_string_equal(db_cell_text(&r, at, "state"), state);
    assert_string_equal(db_cell_text(&r, at, "against"), against);
    int64_t is_ms = db_cell_int(&r, at, "ahead_ms");
    if (llabs(is_ms - ahead_ms) > 2000)
        fail_msg("%lld ms, expected about %lld", (long long)is_ms, (long long)ahead_ms);
}

static const char *metrics(struct place *p)
{
    struct buf b = buf_new(p->a);
    metrics_text(&b, "access");
    return b.text;
}

CASE(R16_right_clock_records_and_nobody_is_told)
{
    PLACE;
    struct err e = {0};
    assert_int_equal(clock_watch_refuses(&e), 0);
    assert_null(clock_watch_sentence(p.a));
    assert_non_null(strstr(metrics(&p), "stemma_clock_ahead_ms{of=\"database\"} 0\n"));
    assert_non_null(strstr(metrics(&p), "stemma_clock_refuses 0\n"));
    assert_null(strstr(metrics(&p), "of=\"authority\""));
    assert_int_equal(ask(&p, NEWS).rows, 0);
}

CASE(R16_clock_three_seconds_off_is_said_and_records)
{
    PLACE;
    struct err e = {0};
    off_by(&p, -3000);
    assert_int_equal(clock_watch_refuses(&e), 0);
    assert_non_null(strstr(clock_watch_sentence(p.a), "s behind the database's"));
    assert_null(strstr(clock_watch_sentence(p.a), "nothing is recorded"));
    assert_non_null(strstr(metrics(&p), "stemma_alerts_total{kind=\"clock\"} 1"));
}

CASE(R16_clock_set_back_an_hour_records_nothing_from_the_next_turn_on)
{
    PLACE;
    struct err e = {0};
    off_by(&p, -3600000);
    assert_int_equal(clock_watch_refuses(&e), ERR_CLOCK_REFUSED);
    assert_string_equal(e.rule, "R16");
    assert_non_null(strstr(e.text, "nothing is recorded"));
    assert_non_null(strstr(metrics(&p), "stemma_clock_refuses 1\n"));
    assert_non_null(strstr(metrics(&p), "stemma_alerts_total{kind=\"clock_step\"} 1"));
    expect_news(&p, 0, "access", "off", "database", -3600000);
    expect_news(&p, 1, "access", "step", "itself", -3600000);
    off_by(&p, 0);
    assert_int_equal(clock_watch_refuses(&e), 0);
    expect_news(&p, 2, "access", "right", "database", 0);
    expect_news(&p, 3, "access", "step", "itself", 3600000);
    assert_null(clock_watch_sentence(p.a));
}

CASE(R16_clock_ahead_records_nothing)
{
    PLACE;
    struct err e = {0};
    off_by(&p, 8000);
    assert_int_equal(clock_watch_refuses(&e), ERR_CLOCK_REFUSED);
    assert_non_null(strstr(e.text, "before the database's"));
}

CASE(R16_audit_notices_and_writes_nothing)
{
    PLACE;
    struct err e = {0};
    CLEANUP(pg_done) struct db *audit = pg_open("stemma_audit", &clock_watch_statements);
    clock_set(clock_ms() - 3600000);
    clock_watch_look(audit, &p.settings, false);
    assert_int_equal(clock_watch_refuses(&e), ERR_CLOCK_REFUSED);
    assert_int_equal(ask(&p, NEWS).rows, 0);
    struct arena *a = p.a;
    assert_int_equal(db_query(audit, a, clock_watch_statements.rows + 1,
                              DB_VALUES(db_text("off"), db_text("itself"), db_int(1)), NULL, &e), ERR_FAULT);
}

CASE(R16_waiting_news_are_bounded)
{
    PLACE;
    struct err e = {0};
    for (int i = 0; i < 1003; i++)
        assert_int_equal(db_query(p.access, p.a, clock_watch_statements.rows + 1,
                                  DB_VALUES(db_text("step"), db_text("itself"), db_int(i)), NULL, &e), 0);
    assert_int_equal(ask(&p, NEWS).rows, 1000);
}

/* A verb that records is refused in the frame before its rules are asked, one that reads is not. */
static int found_decide(struct call *c, struct err *e)
{
    (void)c;
    return err_raise(e, ERR_NOT_FOUND, "", "", "the handler was asked");
}
static const struct handler found = {.decide = found_decide};
static const struct binding verbs[] = {{"access.person_found", &found}};

static const char *prepare(struct place *p)
{
    static const char body[] = "{\"person_id\":\"U-CLOCK\",\"name\":\"C\",\"roles\":[\"administrator\"],\"certificate\":\"AA==\","
                               "\"terminal_id\":\"T-CLOCK\",\"terminal_key\":\"k\"}";
    const struct service service = {.name = "access", .verbs = verbs, .verb_count = 1, .config = &p->settings};
    char command[COMMAND_HEX];
    command_new(command);
    struct work w = {.request = {"access.person_found", "", "prepare", command, 0, body, sizeof body - 1, "T-1", "terminal", "k"}};
    work_decode(&w, &service, p->a);
    dispatch_run(&service, p->access, &w, 1);
    return w.reply.text;
}

CASE(R16_frame_refuses_what_would_be_recorded)
{
    PLACE;
    const char *reply = prepare(&p);
    if (strstr(reply, "the handler was asked") == NULL)
        fail_msg("%s", reply);
    off_by(&p, -30000);
    reply = prepare(&p);
    if (strcasestr(reply, "clock_refused") == NULL || strstr(reply, "R16") == NULL)
        fail_msg("%s", reply);
}

/*-- the lab's clock before the authorities' */

static pid_t serve(struct pki *p, int number, int64_t off_ms)
{
    struct tsa_settings settings;
    struct tsa *t = NULL;
    struct err e = {0};
    int ends[2];
    char word[7] = "";
    const char *name = arena_printf(p->a, "tsa-%d.ini", number);
    pki_write(p, name, pki_bytes(arena_printf(p->a, "listen = 127.0.0.1:%d\ncertificate = tsa.pem\nkey = tsa.key\nserial = serial-%d\n"
                                              "accuracy_ms = 250\n", 31900 + number, number)));
    if (tsa_settings_read(pki_path(p, name), &settings, &e) != 0 || tsa_new(&settings, &t, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = test_fork();
    if (pid == 0) {
        char fd[12];
        close(ends[0]);
        snprintf(fd, sizeof fd, "%d", ends[1]);
        setenv("STEMMA_READY_FD", fd, 1);
        clock_set(off_ms == 0 ? TIME_ABSENT : clock_ms() + off_ms);
        _exit(tsa_serve(t, settings.listen, &e) == 0 ? 0 : 1);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], word, 6);
    close(ends[0]);
    tsa_free(t);
    assert_int_equal(n, 6);
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

static struct stamper *authorities(struct pki *p, const char *urls)
{
    struct stamper *s = NULL;
    struct err e = {0};
    assert_int_equal(stamper_new(urls, certificate_to_pem(p->a, p->stamp_root), 5, &s, &e), 0);
    return s;
}

static int64_t measured(struct place *p)
{
    struct db_rows r = ask(p, MEASURED);
    return r.rows == 1 ? db_cell_int(&r, 0, "ahead_ms") : INT64_MIN;
}

CASE(R16_lab_that_the_authority_calls_wrong_records_nothing_until_it_is_right)
{
    PLACE;
    struct err e = {0};
    CLEANUP(pki_done) struct pki *k = pki_new();
    pid_t pid = serve(k, 1, 20000);
    struct stamper *s = authorities(k, "http://127.0.0.1:31901/");
    assert_int_equal(lab_clock_tick(&p.lab, &p.tree, s, &e), 0);
    end(pid);
    assert_int_equal(p.lab.state, CLOCK_WRONG);
    assert_true(measured(&p) < -15000 && measured(&p) > -21000);
    expect_news(&p, 0, "lab", "off", "authority", -19000);
    off_by(&p, -200);   /* a step: the watch looks at once */
    assert_int_equal(clock_watch_refuses(&e), ERR_CLOCK_REFUSED);
    assert_non_null(strstr(e.text, "behind the time-stamp authority's"));
    assert_non_null(strstr(metrics(&p), "stemma_clock_ahead_ms{of=\"authority\"} -"));
    pid = serve(k, 1, 0);
    p.lab.next_us = 0;
    assert_int_equal(lab_clock_tick(&p.lab, &p.tree, s, &e), 0);
    end(pid);
    stamper_free(s);
    assert_int_equal(p.lab.state, CLOCK_RIGHT);
    assert_int_equal(measured(&p), 0);
    off_by(&p, 2000);
    off_by(&p, 0);
    assert_int_equal(clock_watch_refuses(&e), 0);
}

/* One authority of two is wrong: the lab goes on. */
CASE(R16_one_authority_alone_stops_nobody)
{
    PLACE;
    struct err e = {0};
    CLEANUP(pki_done) struct pki *k = pki_new();
    pid_t wrong = serve(k, 2, 20000), right = serve(k, 3, 0);
    struct stamper *s = authorities(k, "http://127.0.0.1:31902/ http://127.0.0.1:31903/");
    assert_int_equal(lab_clock_tick(&p.lab, &p.tree, s, &e), 0);
    end(wrong);
    end(right);
    stamper_free(s);
    assert_int_equal(p.lab.state, CLOCK_RIGHT);
    assert_int_equal(measured(&p), 0);
    assert_int_equal(ask(&p, NEWS).rows, 0);
}

CASE(R16_authorities_that_do_not_answer_say_nothing)
{
    PLACE;
    struct err e = {0};
    CLEANUP(pki_done) struct pki *k = pki_new();
    struct stamper *s = authorities(k, "http://127.0.0.1:31904/");
    assert_int_equal(lab_clock_tick(&p.lab, &p.tree, s, &e), 0);
    stamper_free(s);
    assert_int_equal(p.lab.state, CLOCK_UNWATCHED);
    assert_int_equal(measured(&p), INT64_MIN);
    assert_true(p.lab.next_us > clock_monotonic_us() && p.lab.next_us < clock_monotonic_us() + 61000000);
}

/* A token of the ordinary round that shows an error has all authorities asked at once. */
CASE(R16_a_token_that_shows_an_error_is_followed_up)
{
    PLACE;
    struct err e = {0};
    p.lab.next_us = INT64_MAX;
    lab_clock_heard(&p.lab, 100000, 100030, 100011);
    lab_clock_heard(&p.lab, 100000, 100030, 101000);
    lab_clock_heard(&p.lab, 100000, 108000, 101500);
    assert_true(p.lab.next_us == INT64_MAX);
    lab_clock_heard(&p.lab, 100000, 100030, 101031);
    assert_int_equal(p.lab.next_us, 0);
    p.lab.next_us = INT64_MAX;
    lab_clock_heard(&p.lab, 100000, 100030, 98998);
    assert_int_equal(p.lab.next_us, 0);
    assert_int_equal(clock_watch_refuses(&e), 0);
}

/* What the kernel of this machine says of its clock is what counts, whatever it says. */
CASE(R16_the_kernels_word_on_the_clock_is_taken_where_it_is_asked)
{
    PLACE;
    struct err e = {0};
    struct timex t = {.modes = 0};
    p.settings.clock_error_max_ms = 1;
    bool kept = adjtimex(&t) != TIME_ERROR && (t.status & STA_UNSYNC) == 0 && t.maxerror <= 1000;
    off_by(&p, 2000);                    /* so that it looks at once */
    assert_int_equal(clock_watch_refuses(&e), kept ? 0 : ERR_CLOCK_REFUSED);
    if (!kept)
        assert_non_null(strstr(e.text, "no time service keeps this machine's clock"));
    p.settings.clock_error_max_ms = 0;
    off_by(&p, 0);
    assert_int_equal(clock_watch_refuses(&e), 0);
}
