#include <stdio.h>
#include <string.h>

#include "domain/identifier.h"

#define PARTS_MAX 20

/* layouts are facts; the codes inside them are ICCBBA's and stay opaque (domain 6.0) */
static const struct structure {
    const char *di, *number, *name;
    size_t len;
} STRUCTURES[] = {
    {"=%", "002", "blood groups", 4},          {"=<", "003", "product code", 8},
    {"=>", "004", "expiration date", 6},       {"&>", "005", "expiration date and time", 10},
    {"=*", "006", "collection date", 6},       {"&*", "007", "collection date and time", 10},
    {"=}", "008", "production date", 6},       {"&}", "009", "production date and time", 10},
    {"=)", "017", "container manufacturer", 10}, {"&)", "018", "container lot", 10},
    {"=;", "019", "donor identification", 21}, {"='", "020", "staff member", 11},
    {"=#", "024", "patient date of birth", 10}, {"=]", "026", "expiration month", 6},
    {"=(", "031", "flexible date and time", 16}, {"=,", "032", "product divisions", 6},
    {"&+", "033", "processing facility", 11},  {"=/", "034", "processor product", 16},
    {"&,1", "035", "MPHO lot", 18},            {"&,2", "036", "MPHO supplemental", 18},
    {"&,4", "038", "single European code", 40}, {"&:", "039", "donor registry", 19},
    {"&/", "040", "chain of identity", 15},
};

static int refuse(struct err *e, const char *why, const char *what)
{
    return err_raise(e, ERR_IDENTIFIER_REFUSED, "identifier", "T37", "%s: \"%.60s\"", why, what);
}

static bool starts_din(const char *p)
{
    return p[0] == '=' && ((p[1] >= 'A' && p[1] <= 'Z' && p[1] != 'O') || (p[1] >= '1' && p[1] <= '9'));
}

static const struct structure *structure_find(const char *p)
{
    for (size_t i = 0; i < sizeof STRUCTURES / sizeof STRUCTURES[0]; i++)
        if (strncmp(p, STRUCTURES[i].di, strlen(STRUCTURES[i].di)) == 0)
            return &STRUCTURES[i];
    return NULL;
}

/* the structure at *p: its part, and *p moved behind it */
static int part_read(struct arena *a, const char **p, struct isbt_part *ret, struct err *e)
{
    static const struct structure din = {"=", "001", "donation identification number", 15};
    const struct structure *s = starts_din(*p) ? &din : structure_find(*p);
    if (s == NULL)
        return refuse(e, "no known data identifier", *p);
    const char *content = *p + strlen(s->di);
    if (strlen(content) < s->len)
        return refuse(e, "a partial read", *p);
    *ret = (struct isbt_part){s->number, s->name, arena_dup(a, content, s->len)};
    if (s == &din) {
        struct din d;
        int code = din_from_scan(arena_printf(a, "=%s", ret->content), &d, e);
        if (code != 0)
            return code;
    }
    *p = content + s->len;
    return 0;
}

static int digits_value(const char *p, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

int isbt_parse(struct arena *a, const char *scan, struct isbt_part **ret, size_t *ret_count, struct err *e)
{
    struct isbt_part *parts = ARENA_ARRAY(a, struct isbt_part, PARTS_MAX);
    const char *p = scan;
    int expected = 1;
    size_t n = 0;
    if (strlen(scan) > 400)
        return refuse(e, "longer than any label", scan);
    if (scan[0] == '&' && scan[1] >= 'a' && scan[1] <= 'z') {
        parts[0] = (struct isbt_part){"", "not ICCBBA's", arena_text(a, scan + 2)};
        *ret = parts;
        *ret_count = 1;
        return 0;
    }
    if (strncmp(scan, "=+", 2) == 0) {
        expected = digits_value(scan + 2, 2);
        if (expected < 2 || expected > PARTS_MAX || digits_value(scan + 4, 3) < 0)
            return refuse(e, "a compound message that counts wrong", scan);
        p = scan + 7;
    }
    while (*p != '\0') {
        if ((int)n == expected)
            return refuse(e, "more than was announced", scan);
        int code = part_read(a, &p, &parts[n], e);
        if (code != 0)
            return code;
        n++;
    }
    if ((int)n != expected)
        return refuse(e, "less than was announced", scan);
    *ret = parts;
    *ret_count = n;
    return 0;
}

bool isbt_date(const char *content, char ret[17])
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    size_t len = strlen(content);
    int century = digits_value(content, 1), hour = 23, minute = 59;
    if ((len != 6 && len != 10) || strspn(content, "0123456789") != len)   /* ten digits may not fit an int */
        return false;
    int year = 2000 + 100 * century + digits_value(content + 1, 2), day = digits_value(content + 3, 3);
    if (century == 9)
        year = 1900 + digits_value(content + 1, 2);
    if (len == 10) {
        hour = digits_value(content + 6, 2);
        minute = digits_value(content + 8, 2);
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day < 1 || day > 365 + leap || hour > 23 || minute > 59)
        return false;
    int month = 0;
    while (day > lengths[month] + (month == 1 && leap)) {
        day -= lengths[month] + (month == 1 && leap);
        month++;
    }
    char text[64];
    snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d", year, month + 1, day, hour, minute);
    memcpy(ret, text, 16);
    ret[16] = '\0';
    return true;
}

int sec_parse(const char *text, struct sec *ret, struct err *e)
{
    char flat[41] = "";
    size_t n = 0;
    const char *p = strncmp(text, "SEC: ", 5) == 0 ? text + 5 : text;
    for (; *p != '\0'; p++) {
        if (*p == ' ' && n == 21 && p[1] != ' ')
            continue;
        if (n == 40 || !((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')))
            return refuse(e, "not a single European code", text);
        flat[n++] = *p;
    }
    struct sec s = {0};
    if (n != 40 || flat[0] < 'A' || flat[1] < 'A' || strchr("ABE", flat[21]) == NULL || digits_value(flat + 32, 8) < 0)
        return refuse(e, "not a single European code", text);
    memcpy(s.country, flat, 2);
    memcpy(s.establishment, flat + 2, 6);
    memcpy(s.donation, flat + 8, 13);
    s.system = flat[21];
    memcpy(s.product, flat + 22, 7);
    memcpy(s.split, flat + 29, 3);
    if (strcmp(flat + 32, "00000000") != 0) {
        memcpy(s.expiry, flat + 32, 4);
        s.expiry[4] = s.expiry[7] = '-';
        memcpy(s.expiry + 5, flat + 36, 2);
        memcpy(s.expiry + 8, flat + 38, 2);
    }
    *ret = s;
    return 0;
}
