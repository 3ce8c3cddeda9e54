#include <string.h>

#include "domain/formula_tree.h"

struct check {
    struct arena *arena;
    const struct formula *formula;
    const struct formula_units *units;
    struct err *err;
};

static int node_unit(struct check *c, int at, struct unit *ret);

static int refuse(struct check *c, const char *what, const struct unit *x, const struct unit *y)
{
    return err_raise(c->err, ERR_DOCUMENT_REFUSED, "formula", "T11", "%s: %s against %s in \"%s\"", what,
        unit_text(c->arena, x), unit_text(c->arena, y), c->formula->text);
}

static int name_unit(struct check *c, const char *name, struct unit *ret)
{
    const char *text = c->units->find(c->units->context, name);
    if (text == NULL)
        return err_raise(c->err, ERR_DOCUMENT_REFUSED, "formula", "R24", "there is no number named %s to use in \"%s\"", name,
            c->formula->text);
    if (!unit_parse(text, ret))
        return err_raise(c->err, ERR_DOCUMENT_REFUSED, "formula", "T11", "unknown unit %s of %s", text, name);
    return 0;
}

/* operands of a sum, or all arguments of a function: one unit */
static int same_unit(struct check *c, int first, bool is_list, struct unit *ret)
{
    struct unit other;
    const struct formula_node *nodes = c->formula->nodes;
    int code = node_unit(c, first, ret);
    for (int at = is_list ? nodes[first].next : NODE_NONE; code == 0 && at != NODE_NONE; at = nodes[at].next)
        if ((code = node_unit(c, at, &other)) == 0 && !unit_same(ret, &other))
            return refuse(c, "unlike units", ret, &other);
    return code;
}

static int pair_unit(struct check *c, const struct formula_node *n, struct unit *ret)
{
    struct unit left, right;
    int code = node_unit(c, n->left, &left);
    if (code == 0)
        code = node_unit(c, n->right, &right);
    if (code != 0)
        return code;
    if (n->op == OP_ADD || n->op == OP_SUBTRACT) {
        *ret = left;
        return unit_same(&left, &right) ? 0 : refuse(c, "unlike units", &left, &right);
    }
    return unit_multiply(&left, &right, n->op == OP_MULTIPLY ? 1 : -1, ret) ? 0 : refuse(c, "units out of range", &left, &right);
}

static int single_unit(struct check *c, const struct formula_node *n, struct unit *ret)
{
    struct unit inner, one = unit_one();
    int code = node_unit(c, n->left, &inner);
    if (code != 0)
        return code;
    *ret = inner;
    if (n->op == OP_POWER)
        return unit_multiply(&one, &inner, n->power, ret) ? 0 : refuse(c, "units out of range", &inner, &one);
    if (n->op == OP_LOG2)
        return unit_same(&inner, &one) ? 0 : refuse(c, "log2 of what has a unit", &inner, &one);
    if (n->op == OP_SQRT)
        return unit_root(&inner, ret) ? 0 : refuse(c, "no square root of this unit", &inner, &one);
    return 0;
}

static int node_unit(struct check *c, int at, struct unit *ret)
{
    const struct formula_node *n = &c->formula->nodes[at];
    if (n->op == OP_LITERAL) {
        *ret = n->unit;
        return 0;
    }
    if (n->op == OP_NAME)
        return name_unit(c, n->text, ret);
    if (n->op <= OP_DIVIDE)
        return pair_unit(c, n, ret);
    if (n->op <= OP_CEIL)
        return single_unit(c, n, ret);
    return same_unit(c, n->left, true, ret);
}

int formula_unit_check(const struct formula *f, const struct formula_units *units, const char *expected, struct err *e)
{
    struct unit wanted, found;
    struct arena *scratch = arena_new(0);
    struct check c = {scratch, f, units, e};
    int code = 0;
    if (!unit_parse(expected, &wanted))
        code = err_raise(e, ERR_DOCUMENT_REFUSED, "unit", "T11", "unknown unit %s", expected);
    if (code == 0)
        code = node_unit(&c, f->root, &found);
    if (code == 0 && !unit_same(&wanted, &found))
        code = refuse(&c, "the formula's unit is not the stated one", &found, &wanted);
    arena_free(scratch);
    return code;
}
