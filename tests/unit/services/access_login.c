#include "support/test.h"

#include <string.h>

#include "access_rules.h"
#include "base/clock.h"

#define CHALLENGE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define TEXT "stemma-login/1\nperson U-ADA\nterminal T-BENCH1\nchallenge " CHALLENGE "\nat 2026-11-21T10:00:00.000Z\n"
#define KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct err e;

static struct login_text login(void)
{
    struct login_text text;
    assert_int_equal(access_login_parse(TEXT, &text, &e), 0);
    return text;
}

static struct login_facts good(void)
{
    return (struct login_facts){.challenge_person = "U-ADA", .challenge_terminal = "T-BENCH1", .person_state = "open",
                                .certificate_sha256 = SHA, .terminal_key = KEY, .peer = "T-BENCH1", .peer_key = KEY};
}

static void refused(const char *text)
{
    struct login_text ret;
    assert_int_equal(access_login_parse(text, &ret, &e), ERR_LOGIN_REFUSED);
}

CASE(R01_login_text_is_read_as_it_is_written)
{
    struct arena *a = arena_new(0);
    struct login_text text = login();
    assert_string_equal(text.person_id, "U-ADA");
    assert_string_equal(text.terminal_id, "T-BENCH1");
    assert_string_equal(text.challenge, CHALLENGE);
    assert_string_equal(access_login_text(a, &text), TEXT);
    arena_free(a);
}

CASE(R01_login_text_of_another_form_is_refused)
{
    refused("");
    refused("stemma-statement/1\n");
    refused(TEXT " ");
    refused(TEXT "at 2026-11-21T10:00:00.000Z\n");
    refused("stemma-login/1\nterminal T-BENCH1\nperson U-ADA\nchallenge " CHALLENGE "\nat 2026-11-21T10:00:00.000Z\n");
    refused("stemma-login/1\nperson U-ADA\nterminal T-BENCH1\nchallenge " CHALLENGE "\nat 2026-11-21T10:00:00.000Z");
}

CASE(R01_login_text_with_ids_of_another_kind_is_refused)
{
    refused("stemma-login/1\nperson T-ADA\nterminal T-BENCH1\nchallenge " CHALLENGE "\nat 2026-11-21T10:00:00.000Z\n");
    refused("stemma-login/1\nperson U-ADA\nterminal U-ADA\nchallenge " CHALLENGE "\nat 2026-11-21T10:00:00.000Z\n");
    refused("stemma-login/1\nperson U-ada\nterminal T-BENCH1\nchallenge " CHALLENGE "\nat 2026-11-21T10:00:00.000Z\n");
    refused("stemma-login/1\nperson U-0123456789012345678901234567890123456789\nterminal T-1\nchallenge " CHALLENGE
            "\nat 2026-11-21T10:00:00.000Z\n");
}

CASE(R01_login_text_with_a_malformed_challenge_or_time_is_refused)
{
    refused("stemma-login/1\nperson U-ADA\nterminal T-BENCH1\nchallenge 00\nat 2026-11-21T10:00:00.000Z\n");
    refused("stemma-login/1\nperson U-ADA\nterminal T-BENCH1\nchallenge "
            "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff\nat 2026-11-21T10:00:00.000Z\n");
    refused("stemma-login/1\nperson U-ADA\nterminal T-BENCH1\nchallenge " CHALLENGE "\nat 2026-02-30T10:00:00.000Z\n");
}

CASE(R01_login_with_everything_right_is_allowed)
{
    struct login_text text = login();
    struct login_facts facts = good();
    assert_int_equal(access_login_allow(&text, &facts, &e), 0);
}

CASE(R01_login_without_its_challenge_is_refused)
{
    struct login_text text = login();
    struct login_facts facts = good();
    facts.challenge_person = facts.challenge_terminal = NULL;
    assert_int_equal(access_login_allow(&text, &facts, &e), ERR_LOGIN_REFUSED);
    facts = good();
    facts.challenge_person = "U-EVE";
    assert_int_equal(access_login_allow(&text, &facts, &e), ERR_LOGIN_REFUSED);
    facts = good();
    facts.challenge_terminal = "T-BENCH2";
    assert_int_equal(access_login_allow(&text, &facts, &e), ERR_LOGIN_REFUSED);
}

CASE(R01_login_from_an_unenrolled_terminal_is_refused)
{
    struct login_text text = login();
    struct login_facts facts = good();
    facts.terminal_key = NULL;
    assert_int_equal(access_login_allow(&text, &facts, &e), ERR_TERMINAL_UNKNOWN);
}

CASE(R01_login_by_another_terminals_key_is_refused)
{
    struct login_text text = login();
    struct login_facts facts = good();
    facts.peer = "T-BENCH2";
    facts.peer_key = "0000000000000000000000000000000000000000";
    assert_int_equal(access_login_allow(&text, &facts, &e), ERR_TERMINAL_UNKNOWN);
}

CASE(R01_login_for_a_browser_comes_by_the_gateway)
{
    struct login_text text = login();
    struct login_facts facts = good();
    facts.peer = "gateway";
    facts.peer_key = "0000000000000000000000000000000000000000";
    assert_int_equal(access_login_allow(&text, &facts, &e), 0);
}

CASE(R01_one_session_a_terminal_and_one_a_person_behind_the_gateway)
{
    struct arena *a = arena_new(0);
    struct login_text ada = login(), eve = login();
    memcpy(eve.person_id, "U-EVE", 6);
    assert_string_equal(access_session_slot(a, &ada, "T-BENCH1"), access_session_slot(a, &eve, "T-BENCH1"));
    assert_string_not_equal(access_session_slot(a, &ada, "gateway"), access_session_slot(a, &eve, "gateway"));
    assert_string_not_equal(access_session_slot(a, &ada, "gateway"), access_session_slot(a, &ada, "T-BENCH1"));
    arena_free(a);
}

CASE(R01_login_of_a_closed_or_unknown_or_keyless_person_is_refused_alike)
{
    struct login_text text = login();
    struct login_facts facts = good();
    struct err closed, unknown;
    facts.person_state = "closed";
    assert_int_equal(access_login_allow(&text, &facts, &closed), ERR_LOGIN_REFUSED);
    facts.person_state = NULL;
    assert_int_equal(access_login_allow(&text, &facts, &unknown), ERR_LOGIN_REFUSED);
    assert_string_equal(closed.text, unknown.text);
    facts = good();
    facts.certificate_sha256 = NULL;
    assert_int_equal(access_login_allow(&text, &facts, &e), ERR_LOGIN_REFUSED);
}

CASE(R01_login_signed_by_another_certificate_is_refused)
{
    assert_int_equal(access_signer_fits("U-ADA", SHA, "U-ADA", SHA, &e), 0);
    assert_int_equal(access_signer_fits("U-ADA", SHA, "U-EVE", SHA, &e), ERR_LOGIN_REFUSED);
    assert_int_equal(access_signer_fits("U-ADA", SHA, "U-ADA", CHALLENGE, &e), ERR_LOGIN_REFUSED);
    assert_int_equal(access_signer_fits("U-ADA", NULL, "U-ADA", SHA, &e), ERR_LOGIN_REFUSED);
}

CASE(R37_five_failed_logins_stop_challenges)
{
    struct challenge_facts facts = {.failures = 4, .open = 0};
    assert_int_equal(access_challenge_allow(&facts, &e), 0);
    facts.failures = 5;
    assert_int_equal(access_challenge_allow(&facts, &e), ERR_KEY_LOCKED);
    assert_string_equal(e.rule, "R37");
}

CASE(R37_open_challenges_are_bounded)
{
    struct challenge_facts facts = {.failures = 0, .open = 19};
    assert_int_equal(access_challenge_allow(&facts, &e), 0);
    facts.open = 20;
    assert_int_equal(access_challenge_allow(&facts, &e), ERR_RATE_LIMITED);
}
