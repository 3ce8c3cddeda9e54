#include "domain/gs1.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define TEXT_MAX 400
#define ELEMENTS_MAX 20
#define SEPARATOR '\x1d'
#define SEPARATOR_SHOWN "\xe2\x90\x9d"       /* U+241D, for clients that may send no control character */

enum { FIXED = 1, DIGITS = 2, CHECKED = 4, DATED = 8, ENDS_ITSELF = 16 };

static const struct identifier {
    const char *ai, *name;
    size_t len;                              /* at most; exactly with FIXED */
    int flags;                               /* ENDS_ITSELF: of predefined length, no separator needed behind it */
} IDENTIFIERS[] = {
    {"00", "serial shipping container code", 18, FIXED | DIGITS | CHECKED | ENDS_ITSELF},
    {"01", "trade item number", 14, FIXED | DIGITS | CHECKED | ENDS_ITSELF},
    {"10", "batch or lot number", 20, 0},
    {"11", "production date", 6, FIXED | DIGITS | DATED | ENDS_ITSELF},
    {"17", "expiration date", 6, FIXED | DIGITS | DATED | ENDS_ITSELF},
    {"21", "serial number", 20, 0},
    {"30", "count", 8, DIGITS},
    {"240", "additional product identification", 30, 0},
    {"414", "location number", 13, FIXED | DIGITS | CHECKED | ENDS_ITSELF},
    {"7003", "expiration date and time", 10, FIXED | DIGITS | DATED},
    {"8018", "service relation number of a recipient", 18, FIXED | DIGITS | CHECKED},
    {"8019", "service relation instance number", 10, DIGITS},
};

static int refuse(struct err *e, const char *why, const char *what)
{
    return err_raise(e, ERR_IDENTIFIER_REFUSED, "identifier", "T37", "%s: \"%.60s\"", why, what);
}

bool gs1_looks_like(const char *text)
{
    return strncmp(text, "]C1", 3) == 0 || strncmp(text, "]d2", 3) == 0 || strncmp(text, "]Q3", 3) == 0 ||
           (text[0] == '(' && text[1] >= '0' && text[1] <= '9') || strchr(text, SEPARATOR) != NULL ||
           strstr(text, SEPARATOR_SHOWN) != NULL;
}

char gs1_check_digit(const char *digits, size_t len)
{
    int sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += (digits[i] - '0') * ((len - i) % 2 == 1 ? 3 : 1);
    return (char)('0' + (10 - sum % 10) % 10);
}

bool gs1_date(const char *yymmdd, int year, char ret[11])
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strspn(yymmdd, "0123456789") < 6)
        return false;
    int yy = (yymmdd[0] - '0') * 10 + yymmdd[1] - '0', month = (yymmdd[2] - '0') * 10 + yymmdd[3] - '0';
    int day = (yymmdd[4] - '0') * 10 + yymmdd[5] - '0', apart = yy - year % 100;
    int full = year - year % 100 + yy + (apart > 50 ? -100 : apart < -49 ? 100 : 0);
    bool leap = (full % 4 == 0 && full % 100 != 0) || full % 400 == 0;
    if (month < 1 || month > 12)
        return false;
    int last = lengths[month - 1] + (month == 2 && leap);
    if (day > last || full < 0 || full > 9999)
        return false;
    char text[40];
    snprintf(text, sizeof text, "%04d-%02d-%02d", full, month, day == 0 ? last : day);
    memcpy(ret, text, 11);
    return true;
}

static const struct identifier *identifier_find(const char *at)
{
    for (size_t i = 0; i < sizeof IDENTIFIERS / sizeof IDENTIFIERS[0]; i++)
        if (strncmp(at, IDENTIFIERS[i].ai, strlen(IDENTIFIERS[i].ai)) == 0)
            return &IDENTIFIERS[i];
    return NULL;
}

/* The 82 characters that a value may have (§7.11): printable ASCII but for # $ @ [ \ ] ^ ` { | } ~ and the blank. */
static bool is_value(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > 'z' || strchr("#$@[\\]^`", *text) != NULL)
            return false;
    return true;
}

static const char *value_fault(const struct identifier *i, const char *value)
{
    size_t len = strlen(value);
    char date[11];
    if (len == 0 || len > i->len || ((i->flags & FIXED) && len != i->len))
        return "a value of another length than its identifier has";
    if ((i->flags & DIGITS) ? strspn(value, "0123456789") != len : !is_value(value))
        return "a value with a character that it cannot have";
    if ((i->flags & CHECKED) && gs1_check_digit(value, len - 1) != value[len - 1])
        return "the check digit does not fit";
    if ((i->flags & DATED) && !gs1_date(value, 2000, date))
        return "no date";
    return NULL;
}

/* The printed form: the next identifier's parenthesis ends a value. */
static size_t printed_len(const char *value)
{
    const char *at = value;
    while ((at = strchr(at, '(')) != NULL && !(at[1] >= '0' && at[1] <= '9' && identifier_find(at + 1) != NULL))
        at++;
    return at != NULL ? (size_t)(at - value) : strlen(value);
}

static size_t scanned_len(const struct identifier *i, const char *value)
{
    size_t len = strcspn(value, "\x1d");
    return (i->flags & ENDS_ITSELF) && len > i->len ? i->len : len;
}

/* The element at *at, and *at moved behind it and its separator. */
static int element_read(struct arena *a, bool printed, const char **at, struct gs1_element *ret, struct err *e)
{
    const char *p = *at + (printed && **at == '(');
    const struct identifier *i = identifier_find(p);
    if (i == NULL || (printed && (**at != '(' || p[strlen(i->ai)] != ')')))
        return refuse(e, "no known application identifier", *at);
    p += strlen(i->ai) + printed;
    size_t len = printed ? printed_len(p) : scanned_len(i, p);
    *ret = (struct gs1_element){i->ai, i->name, arena_dup(a, p, len)};
    const char *fault = value_fault(i, ret->value);
    if (fault != NULL)
        return refuse(e, fault, *at);
    *at = p + len + (p[len] == SEPARATOR);
    return 0;
}

/* Without a symbology identifier and a leading separator, and the shown separator as the real one. */
static const char *plain(struct arena *a, const char *text)
{
    struct buf b = buf_new(a);
    text += text[0] == ']' ? 3 : 0;
    text += text[0] == SEPARATOR ? 1 : strncmp(text, SEPARATOR_SHOWN, 3) == 0 ? 3 : 0;
    while (*text != '\0') {
        bool shown = strncmp(text, SEPARATOR_SHOWN, 3) == 0;
        buf_char(&b, shown ? SEPARATOR : *text);
        text += shown ? 3 : 1;
    }
    return b.len > 0 ? b.text : "";
}

const char *gs1_find(const struct gs1_element *element, size_t count, const char *ai)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(element[i].ai, ai) == 0)
            return element[i].value;
    return NULL;
}

int gs1_parse(struct arena *a, const char *text, struct gs1_element **ret, size_t *ret_count, struct err *e)
{
    struct gs1_element *element = ARENA_ARRAY(a, struct gs1_element, ELEMENTS_MAX);
    size_t n = 0;
    if (strlen(text) > TEXT_MAX)
        return refuse(e, "longer than any label", text);
    const char *at = plain(a, text);
    bool printed = at[0] == '(';
    while (*at != '\0') {
        if (n == ELEMENTS_MAX)
            return refuse(e, "more elements than any label has", text);
        int code = element_read(a, printed, &at, &element[n], e);
        if (code != 0)
            return code;
        if (gs1_find(element, n, element[n].ai) != NULL)
            return refuse(e, "an application identifier stands twice", text);
        n++;
    }
    if (n == 0)
        return refuse(e, "nothing was read", text);
    *ret = element;
    *ret_count = n;
    return 0;
}
