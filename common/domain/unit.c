#include "domain/unit.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define POWER_MAX 9
#define UNIT_CHARS_MAX 24

struct symbol {
    const char *text;
    enum dimension dimension;
    int power;                   /* 0: a pure number */
    int64_t num, den;
};

static const struct symbol SYMBOLS[] = {
    {"1", DIM_LENGTH, 0, 1, 1},            {"%", DIM_LENGTH, 0, 1, 100},
    {"cm", DIM_LENGTH, 1, 1, 1},           {"mm", DIM_LENGTH, 1, 1, 10},        {"m", DIM_LENGTH, 1, 100, 1},
    {"mL", DIM_LENGTH, 3, 1, 1},           {"L", DIM_LENGTH, 3, 1000, 1},
    {"uL", DIM_LENGTH, 3, 1, 1000},        {"\xc2\xb5L", DIM_LENGTH, 3, 1, 1000},
    {"g", DIM_MASS, 1, 1, 1},              {"kg", DIM_MASS, 1, 1000, 1},
    {"mg", DIM_MASS, 1, 1, 1000},          {"ug", DIM_MASS, 1, 1, 1000000},     {"ng", DIM_MASS, 1, 1, 1000000000},
    {"min", DIM_TIME, 1, 1, 1},            {"s", DIM_TIME, 1, 1, 60},
    {"h", DIM_TIME, 1, 60, 1},             {"d", DIM_TIME, 1, 1440, 1},         {"rpm", DIM_TIME, -1, 1, 1},
    {"cells", DIM_CELLS, 1, 1, 1},         {"EU", DIM_ENDOTOXIN, 1, 1, 1},
    {"degC", DIM_TEMPERATURE, 1, 1, 1},    {"U", DIM_ACTIVITY, 1, 1, 1},
    {"PD", DIM_LENGTH, 0, 1, 1},           {"xg", DIM_LENGTH, 0, 1, 1},
};

static const char *const DIMENSIONS[DIM_COUNT] = {"cm", "g", "min", "cells", "EU", "degC", "U"};

struct unit unit_one(void)
{
    return (struct unit){.num = 1, .den = 1};
}

static int64_t common_divisor(int64_t x, int64_t y)
{
    while (y != 0) {
        int64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x;
}

/* u := u · num/den, in lowest terms */
static bool scale(struct unit *u, int64_t num, int64_t den)
{
    int64_t across = common_divisor(u->num, den), back = common_divisor(num, u->den);
    return !__builtin_mul_overflow(u->num / across, num / back, &u->num)
        && !__builtin_mul_overflow(u->den / back, den / across, &u->den);
}

bool unit_multiply(const struct unit *x, const struct unit *y, int power, struct unit *ret)
{
    struct unit out = *x;
    if (power > POWER_MAX || power < -POWER_MAX)
        return false;
    for (int d = 0; d < DIM_COUNT; d++) {
        out.power[d] += y->power[d] * power;
        if (out.power[d] > POWER_MAX || out.power[d] < -POWER_MAX)
            return false;
    }
    for (int i = 0; i < abs(power); i++)
        if (!scale(&out, power > 0 ? y->num : y->den, power > 0 ? y->den : y->num))
            return false;
    *ret = out;
    return true;
}

/* one factor "cm2": a symbol and an optional power of one digit */
static bool factor_parse(const char *text, size_t len, struct unit *ret)
{
    int power = 1;
    if (len > 1 && text[len - 1] >= '2' && text[len - 1] <= '9')
        power = text[--len] - '0';
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof SYMBOLS[0]; i++) {
        const struct symbol *s = &SYMBOLS[i];
        if (strlen(s->text) != len || memcmp(s->text, text, len) != 0)
            continue;
        struct unit single = unit_one(), one = unit_one();
        single.power[s->dimension] = s->power;
        single.num = s->num;
        single.den = s->den;
        return unit_multiply(&one, &single, power, ret);
    }
    return false;
}

bool unit_parse(const char *text, struct unit *ret)
{
    struct unit out = unit_one(), factor;
    int sign = 1;
    if (text == NULL || strlen(text) > UNIT_CHARS_MAX)
        return false;
    for (const char *p = text;; sign = -1) {
        size_t len = strcspn(p, "/");
        if (len == 0 || !factor_parse(p, len, &factor) || !unit_multiply(&out, &factor, sign, &out))
            return false;
        if (p[len] == '\0')
            break;
        p += len + 1;
    }
    *ret = out;
    return true;
}

/* the whole root of n, or 0 */
static int64_t whole_root(int64_t n)
{
    int64_t low = 1, high = 3037000499;
    while (low <= high) {
        int64_t middle = low + (high - low) / 2;
        if (middle * middle == n)
            return middle;
        if (middle * middle < n)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return 0;
}

bool unit_root(const struct unit *x, struct unit *ret)
{
    struct unit out = {.num = whole_root(x->num), .den = whole_root(x->den)};
    for (int d = 0; d < DIM_COUNT; d++) {
        if (x->power[d] % 2 != 0)
            return false;
        out.power[d] = x->power[d] / 2;
    }
    if (out.num == 0 || out.den == 0)
        return false;
    *ret = out;
    return true;
}

bool unit_same(const struct unit *x, const struct unit *y)
{
    return memcmp(x->power, y->power, sizeof x->power) == 0 && x->num == y->num && x->den == y->den;
}

const char *unit_text(struct arena *a, const struct unit *x)
{
    struct buf b = buf_new(a);
    for (int d = 0; d < DIM_COUNT; d++)
        if (x->power[d] == 1)
            buf_printf(&b, "%s%s", b.len > 0 ? " " : "", DIMENSIONS[d]);
        else if (x->power[d] != 0)
            buf_printf(&b, "%s%s^%d", b.len > 0 ? " " : "", DIMENSIONS[d], x->power[d]);
    if (b.len == 0)
        buf_put(&b, "a pure number");
    if (x->num != 1 || x->den != 1)
        buf_printf(&b, " (scale %lld/%lld)", (long long)x->num, (long long)x->den);
    return b.text;
}
