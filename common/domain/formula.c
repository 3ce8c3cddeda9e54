#include <string.h>

#include "base/text.h"
#include "domain/formula_tree.h"

struct run {
    struct arena *arena;
    const struct formula *formula;
    const struct formula_scope *scope;
};

static const char *node_number(const struct run *run, int at, struct number *ret);

/* the cost of exact arithmetic is bounded by the size of what it makes */
static const char *size_check(const struct number *n)
{
    if (mpz_sizeinbase(mpq_numref(n->q), 2) > FORMULA_BITS_MAX || mpz_sizeinbase(mpq_denref(n->q), 2) > FORMULA_BITS_MAX)
        return "the number grows beyond what a formula may hold";
    return NULL;
}

static const char *pair_number(const struct run *run, const struct formula_node *n, struct number *ret)
{
    CLEANUP(number_done) struct number right;
    number_init(&right);
    const char *why = node_number(run, n->left, ret);
    if (why == NULL)
        why = node_number(run, n->right, &right);
    if (why != NULL)
        return why;
    if (n->op == OP_DIVIDE && mpq_sgn(right.q) == 0)
        return "division by zero";
    if (n->op == OP_ADD)
        mpq_add(ret->q, ret->q, right.q);
    else if (n->op == OP_SUBTRACT)
        mpq_sub(ret->q, ret->q, right.q);
    else if (n->op == OP_MULTIPLY)
        mpq_mul(ret->q, ret->q, right.q);
    else
        mpq_div(ret->q, ret->q, right.q);
    return NULL;
}

static const char *power_number(const struct run *run, const struct formula_node *n, struct number *ret)
{
    const char *why = node_number(run, n->left, ret);
    if (why != NULL)
        return why;
    if (n->power < 0) {
        if (mpq_sgn(ret->q) == 0)
            return "division by zero";
        mpq_inv(ret->q, ret->q);
    }
    unsigned long power = (unsigned long)(n->power < 0 ? -n->power : n->power);
    mpz_pow_ui(mpq_numref(ret->q), mpq_numref(ret->q), power);
    mpz_pow_ui(mpq_denref(ret->q), mpq_denref(ret->q), power);
    return NULL;
}

static const char *single_number(const struct run *run, const struct formula_node *n, struct number *ret)
{
    const char *why = node_number(run, n->left, ret);
    if (why != NULL)
        return why;
    if (n->op == OP_LOG2)
        return number_log2(ret) ? NULL : "log2 of zero or less";
    if (n->op == OP_SQRT)
        return number_sqrt(ret) ? NULL : "square root of less than zero";
    if (n->op == OP_CEIL) {
        mpz_cdiv_q(mpq_numref(ret->q), mpq_numref(ret->q), mpq_denref(ret->q));
        mpz_set_ui(mpq_denref(ret->q), 1);
    } else {
        mpq_neg(ret->q, ret->q);
    }
    return NULL;
}

static void divide_by(struct number *n, unsigned long count)
{
    CLEANUP(number_done) struct number divisor;
    number_init(&divisor);
    mpq_set_ui(divisor.q, count, 1);
    mpq_div(n->q, n->q, divisor.q);
}

/* ret = standard deviation (n-1) of ${count} values from their sum (in ret) and sum of squares: exact, so nothing cancels */
static const char *deviation(struct number *ret, struct number *squares, unsigned long count)
{
    if (count < 2)
        return "a standard deviation needs two values or more";
    mpq_mul(ret->q, ret->q, ret->q);
    divide_by(ret, count);
    mpq_sub(ret->q, squares->q, ret->q);
    divide_by(ret, count - 1);
    number_sqrt(ret);
    return NULL;
}

static const char *list_number(const struct run *run, const struct formula_node *n, struct number *ret)
{
    CLEANUP(number_done) struct number x, squares;
    unsigned long count = 0;
    number_init(&x);
    number_init(&squares);
    mpq_set_ui(ret->q, 0, 1);
    for (int at = n->left; at != NODE_NONE; at = run->formula->nodes[at].next, count++) {
        const char *why = node_number(run, at, &x);
        if (why != NULL)
            return why;
        if (n->op != OP_MIN && n->op != OP_MAX)
            mpq_add(ret->q, ret->q, x.q);
        else if (count == 0 || (number_compare(&x, ret) < 0) == (n->op == OP_MIN))
            mpq_set(ret->q, x.q);
        mpq_mul(x.q, x.q, x.q);
        mpq_add(squares.q, squares.q, x.q);
    }
    if (n->op == OP_MEAN)
        divide_by(ret, count);
    return n->op == OP_SD ? deviation(ret, &squares, count) : NULL;
}

static const char *node_number(const struct run *run, int at, struct number *ret)
{
    const struct formula_node *n = &run->formula->nodes[at];
    const char *why;
    if (n->op == OP_LITERAL)
        why = number_from_decimal(ret, n->text) ? NULL : "not a decimal";
    else if (n->op == OP_NAME)
        why = run->scope->find(run->scope->context, n->text, ret);
    else if (n->op <= OP_DIVIDE)
        why = pair_number(run, n, ret);
    else if (n->op == OP_POWER)
        why = power_number(run, n, ret);
    else if (n->op <= OP_CEIL)
        why = single_number(run, n, ret);
    else
        why = list_number(run, n, ret);
    return why != NULL ? why : size_check(ret);
}

const char *formula_number(struct arena *a, const struct formula *f, const struct formula_scope *scope, struct number *ret)
{
    struct run run = {a, f, scope};
    const char *why = node_number(&run, f->root, ret);
    return why == NULL ? NULL : arena_text(a, why);
}

void formula_evaluate(struct arena *a, const struct formula *f, const struct formula_scope *scope, int decimals,
    struct formula_result *ret)
{
    CLEANUP(number_done) struct number value;
    number_init(&value);
    *ret = (struct formula_result){NULL, formula_number(a, f, scope, &value)};
    if (ret->reason == NULL)
        ret->value = number_to_decimal(a, &value, decimals);
    if (ret->value != NULL && strlen(ret->value) > DECIMAL_MAX)
        *ret = (struct formula_result){NULL, "the value has more digits than the record holds"};
}
