/* The text that a person's key signs to log in: written and read by one form. */
#include <string.h>

#include "access_rules.h"
#include "base/clock.h"
#include "record/record.h"

const char *access_login_text(struct arena *a, const struct login_text *login)
{
    char at[CLOCK_TEXT];
    clock_to_text(login->at_ms, at);
    return arena_printf(a, "stemma-login/1\nperson %s\nterminal %s\nchallenge %s\nat %s\n", login->person_id,
                        login->terminal_id, login->challenge, at);
}

/* one line "key value\n" at *at into ret; false when it is another line or too long */
static bool take_line(const char **at, const char *key, char *ret, size_t size)
{
    size_t n = strlen(key);
    if (strncmp(*at, key, n) != 0 || (*at)[n] != ' ')
        return false;
    const char *value = *at + n + 1;
    size_t len = strcspn(value, "\n");
    if (value[len] != '\n' || len == 0 || len >= size)
        return false;
    memcpy(ret, value, len);
    ret[len] = '\0';
    *at = value + len + 1;
    return true;
}

static bool parse(const char *text, struct login_text *ret)
{
    static const char front[] = "stemma-login/1\n";
    char at[CLOCK_TEXT];
    uint8_t challenge[DIGEST_LEN];
    if (strncmp(text, front, sizeof front - 1) != 0)
        return false;
    text += sizeof front - 1;
    return take_line(&text, "person", ret->person_id, sizeof ret->person_id) &&
           take_line(&text, "terminal", ret->terminal_id, sizeof ret->terminal_id) &&
           take_line(&text, "challenge", ret->challenge, sizeof ret->challenge) &&
           take_line(&text, "at", at, sizeof at) && *text == '\0' &&
           record_stream_is_valid(ret->person_id) && strncmp(ret->person_id, "U-", 2) == 0 &&
           record_stream_is_valid(ret->terminal_id) && strncmp(ret->terminal_id, "T-", 2) == 0 &&
           strlen(ret->challenge) == 64 && hex_to(ret->challenge, 64, challenge) &&
           clock_from_text(at, strlen(at), &ret->at_ms);
}

int access_login_parse(const char *text, struct login_text *ret, struct err *e)
{
    if (!parse(text, ret))
        return err_raise(e, ERR_LOGIN_REFUSED, "login", "R01", "not a login text of this lab");
    return 0;
}
