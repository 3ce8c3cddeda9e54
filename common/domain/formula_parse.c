#include <stdlib.h>
#include <string.h>

#include "domain/formula_tree.h"

struct reader {
    struct arena *arena;
    struct formula *formula;
    const char *p;
    int depth;
    struct err *err;
};

static const struct {
    const char *name;
    enum formula_op op;
    bool is_single;
} FUNCTIONS[] = {
    {"log2", OP_LOG2, true}, {"sqrt", OP_SQRT, true}, {"ceil", OP_CEIL, true}, {"min", OP_MIN, false},
    {"max", OP_MAX, false}, {"sum", OP_SUM, false}, {"mean", OP_MEAN, false}, {"sd", OP_SD, false},
};

static int sum_read(struct reader *r, int *ret);

static int refuse(struct reader *r, const char *why)
{
    return err_raise(r->err, ERR_DOCUMENT_REFUSED, "formula", "R24", "%s at character %d of \"%s\"", why,
        (int)(r->p - r->formula->text) + 1, r->formula->text);
}

static void blanks(struct reader *r)
{
    while (*r->p == ' ')
        r->p++;
}

static int node_new(struct reader *r, enum formula_op op, int left, int right, int *ret)
{
    struct formula *f = r->formula;
    if (f->node_count == FORMULA_NODES_MAX)
        return refuse(r, "too many parts");
    f->nodes[f->node_count] = (struct formula_node){.op = op, .left = left, .right = right, .next = NODE_NONE};
    *ret = f->node_count++;
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
}

static bool word_is_valid(const char *word, size_t len)
{
    if (len == 0 || len > 40 || *word < 'a' || *word > 'z')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_word(word[i]))
            return false;
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0]; i++)
        if (strlen(FUNCTIONS[i].name) == len && memcmp(FUNCTIONS[i].name, word, len) == 0)
            return false;
    return true;
}

bool formula_name_is_valid(const char *name)
{
    const char *point = strchr(name, '.');
    if (point == NULL)
        return word_is_valid(name, strlen(name));
    size_t digits = (size_t)(point - name) - 4;
    if (point - name < 5 || point - name > 7 || memcmp(name, "step", 4) != 0 || name[4] == '0')
        return false;
    for (size_t i = 0; i < digits; i++)
        if (!is_digit(name[4 + i]))
            return false;
    return word_is_valid(point + 1, strlen(point + 1));
}

static int literal_read(struct reader *r, int *ret)
{
    size_t len = strspn(r->p, "0123456789.");
    char *text = arena_dup(r->arena, r->p, len);
    struct unit unit = unit_one();
    if (!decimal_is_valid(text))
        return refuse(r, "not a decimal");
    r->p += len;
    if (*r->p == '[') {
        const char *end = strchr(r->p, ']');
        if (end == NULL || !unit_parse(arena_dup(r->arena, r->p + 1, (size_t)(end - r->p - 1)), &unit))
            return refuse(r, "unknown unit");
        r->p = end + 1;
    }
    int code = node_new(r, OP_LITERAL, NODE_NONE, NODE_NONE, ret);
    if (code != 0)
        return code;
    r->formula->nodes[*ret].text = text;
    r->formula->nodes[*ret].unit = unit;
    return 0;
}

static int name_add(struct reader *r, const char *name)
{
    struct formula *f = r->formula;
    for (size_t i = 0; i < f->name_count; i++)
        if (strcmp(f->names[i], name) == 0)
            return 0;
    if (f->name_count == FORMULA_NAMES_MAX)
        return refuse(r, "too many names");
    f->names[f->name_count++] = name;
    return 0;
}

static int name_read(struct reader *r, size_t len, int *ret)
{
    const char *name = arena_dup(r->arena, r->p, len);
    if (!formula_name_is_valid(name))
        return refuse(r, "not a name");
    int code = name_add(r, name);
    if (code == 0)
        code = node_new(r, OP_NAME, NODE_NONE, NODE_NONE, ret);
    if (code != 0)
        return code;
    r->formula->nodes[*ret].text = name;
    r->p += len;
    return 0;
}

static int call_read(struct reader *r, size_t len, int *ret)
{
    size_t f = 0, count = sizeof FUNCTIONS / sizeof FUNCTIONS[0];
    while (f < count && (strlen(FUNCTIONS[f].name) != len || memcmp(FUNCTIONS[f].name, r->p, len) != 0))
        f++;
    if (f == count)
        return refuse(r, "no such function");
    r->p += len + 1;
    int first = NODE_NONE, last = NODE_NONE, argument, code;
    do {
        if ((code = sum_read(r, &argument)) != 0)
            return code;
        if (first == NODE_NONE)
            first = argument;
        else
            r->formula->nodes[last].next = argument;
        last = argument;
        blanks(r);
    } while (*r->p == ',' && !FUNCTIONS[f].is_single && r->p++);
    if (*r->p != ')')
        return refuse(r, "`)` expected");
    r->p++;
    return node_new(r, FUNCTIONS[f].op, first, NODE_NONE, ret);
}

static int primary_read(struct reader *r, int *ret)
{
    blanks(r);
    if (is_digit(*r->p))
        return literal_read(r, ret);
    if (*r->p == '(') {
        r->p++;
        int code = sum_read(r, ret);
        if (code != 0)
            return code;
        blanks(r);
        return *r->p == ')' ? (r->p++, 0) : refuse(r, "`)` expected");
    }
    size_t len = 0;
    while (is_word(r->p[len]) || r->p[len] == '.')
        len++;
    if (len == 0)
        return refuse(r, "a number, a name or `(` expected");
    return r->p[len] == '(' ? call_read(r, len, ret) : name_read(r, len, ret);
}

static int power_read(struct reader *r, int *ret)
{
    int code = primary_read(r, ret);
    if (code != 0)
        return code;
    blanks(r);
    if (*r->p != '^')
        return 0;
    r->p++;
    blanks(r);
    bool negative = *r->p == '-' && r->p++;
    size_t digits = strspn(r->p, "0123456789");
    long power = digits == 0 || digits > 2 || r->p[digits] == '.' ? FORMULA_POWER_MAX + 1 : strtol(r->p, NULL, 10);
    if (power > FORMULA_POWER_MAX)
        return refuse(r, "a power is a whole number of at most 12");
    r->p += digits;
    if ((code = node_new(r, OP_POWER, *ret, NODE_NONE, ret)) == 0)
        r->formula->nodes[*ret].power = (int)(negative ? -power : power);
    return code;
}

static int unary_read(struct reader *r, int *ret)
{
    blanks(r);
    if (*r->p != '-')
        return power_read(r, ret);
    r->p++;
    if (++r->depth > FORMULA_DEPTH_MAX)
        return refuse(r, "nested too deep");
    int code = unary_read(r, ret);
    r->depth--;
    return code != 0 ? code : node_new(r, OP_NEGATE, *ret, NODE_NONE, ret);
}

static int product_read(struct reader *r, int *ret)
{
    int right, code = unary_read(r, ret);
    while (code == 0) {
        blanks(r);
        char sign = *r->p;
        if (sign != '*' && sign != '/')
            return 0;
        r->p++;
        if ((code = unary_read(r, &right)) == 0)
            code = node_new(r, sign == '*' ? OP_MULTIPLY : OP_DIVIDE, *ret, right, ret);
    }
    return code;
}

static int sum_read(struct reader *r, int *ret)
{
    if (++r->depth > FORMULA_DEPTH_MAX)
        return refuse(r, "nested too deep");
    int right, code = product_read(r, ret);
    while (code == 0) {
        blanks(r);
        char sign = *r->p;
        if (sign != '+' && sign != '-')
            break;
        r->p++;
        if ((code = product_read(r, &right)) == 0)
            code = node_new(r, sign == '+' ? OP_ADD : OP_SUBTRACT, *ret, right, ret);
    }
    r->depth--;
    return code;
}

int formula_parse(struct arena *a, const char *text, struct formula **ret, struct err *e)
{
    if (strlen(text) > FORMULA_TEXT_MAX)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "formula", "R24", "a formula has at most %d characters", FORMULA_TEXT_MAX);
    struct formula *f = ARENA_NEW(a, struct formula);
    f->text = arena_text(a, text);
    f->nodes = ARENA_ARRAY(a, struct formula_node, FORMULA_NODES_MAX);
    f->names = ARENA_ARRAY(a, const char *, FORMULA_NAMES_MAX);
    struct reader r = {.arena = a, .formula = f, .p = f->text, .err = e};
    int code = sum_read(&r, &f->root);
    if (code != 0)
        return code;
    blanks(&r);
    if (*r.p != '\0')
        return refuse(&r, "an operator expected");
    *ret = f;
    return 0;
}

const char *formula_text(const struct formula *f)
{
    return f->text;
}

const char *const *formula_names(const struct formula *f, size_t *ret_count)
{
    *ret_count = f->name_count;
    return f->names;
}
