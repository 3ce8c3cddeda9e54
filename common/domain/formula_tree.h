/*
 * The tree of a formula, shared by its reader, its evaluation and its unit check; nobody else includes this.
 * Nodes refer to one another by index, so that the tree's size is the array's and no cycle can be built.
 */
#pragma once
#include "domain/formula.h"

enum formula_op {
    OP_LITERAL, OP_NAME, OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_POWER, OP_NEGATE,
    OP_LOG2, OP_SQRT, OP_CEIL, OP_MIN, OP_MAX, OP_SUM, OP_MEAN, OP_SD, OP_COUNT
};

#define NODE_NONE (-1)

/** One node: operands or the first argument in left/right; further arguments of a function by ${next}. */
struct formula_node {
    enum formula_op op;
    int left, right, next;
    int power;                    /* OP_POWER */
    const char *text;             /* OP_LITERAL: the decimal; OP_NAME: the name */
    struct unit unit;             /* OP_LITERAL */
};

struct formula {
    const char *text;
    struct formula_node *nodes;
    int node_count, root;
    const char **names;
    size_t name_count;
};
