#include "append_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "append_cpu.h"
#include "base/clock.h"
#include "contract/contract.h"
#include "wire/envelope.h"

#define STALL_MS 20000

/** An act made ready to send. */
struct act {
    size_t number;                 /* of the batch */
    char command[COMMAND_HEX], batch[33];
    struct bytes body;
};

struct terminal {
    const struct lab_terminal *as;
    void *socket[LAB_WORKERS];     /* a stream's work meets one worker */
    size_t number, turn;
    int64_t sent_us;
    bool is_waiting;
    struct act *act;               /* of this terminal, in order of sending */
    size_t act_count;
};

struct load {
    struct lab *lab;
    const struct load_plan *plan;
    struct arena *arena, *scratch;
    void *zmq;
    struct terminal *terminal;
    zmq_pollitem_t *poll;
    uint32_t *latency;
    size_t latency_size;
    struct load_result *result;
    char first_refusal[300];
};

static int connect_socket(struct load *k, const struct lab_terminal *as, size_t worker, void **ret, struct err *e)
{
    int linger = 0;
    void *socket = *ret = zmq_socket(k->zmq, ZMQ_DEALER);
    if (socket == NULL || zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, k->lab->server_key, 41) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, as->public_key, 41) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, as->secret_key, 41) != 0 ||
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) != 0 || zmq_connect(socket, k->lab->endpoint[worker]) != 0)
        return err_fault(e, "%s: %s", as->name, zmq_strerror(zmq_errno()));
    return 0;
}

static int connect_terminal(struct load *k, size_t i, struct err *e)
{
    struct terminal *t = &k->terminal[i];
    int code = 0;
    *t = (struct terminal){.as = &k->lab->terminal[i], .number = i};
    for (size_t w = 0; code == 0 && w < k->lab->workers; w++) {
        code = connect_socket(k, t->as, w, &t->socket[w], e);
        k->poll[i * k->lab->workers + w] = (zmq_pollitem_t){t->socket[w], 0, ZMQ_POLLIN, 0};
    }
    return code;
}

static int sign_acts(struct load *k, struct err *e)
{
    size_t n = k->plan->terminals, each = k->plan->acts_max / n;
    int code = 0;
    for (size_t i = 0; code == 0 && i < n; i++) {
        struct terminal *t = &k->terminal[i];
        t->act = ARENA_ARRAY(k->arena, struct act, each);
        for (; code == 0 && t->act_count < each; t->act_count++) {
            struct act *act = &t->act[t->act_count];
            struct bytes statement, p7s;
            size_t batch = (i + t->act_count * n) % LAB_BATCHES;
            arena_reset(k->scratch);
            code = lab_sign_note(k->lab, k->scratch, t->as, batch, &statement, &p7s, e);
            if (code != 0)
                break;
            const char *id = strstr((const char *)statement.data, "\ncommand ");
            snprintf(act->command, sizeof act->command, "%.32s", id + 9);
            act->number = batch;
            lab_batch(batch, act->batch);
            struct buf body = buf_new(k->scratch);
            act_write(&body, &(struct signed_act){.statement = (const char *)statement.data, .signature = p7s});
            act->body = (struct bytes){(const uint8_t *)arena_dup(k->arena, body.text, body.len), body.len};
        }
    }
    return code;
}

static bool has_next(const struct load *k, const struct terminal *t)
{
    if (k->plan->kind == LOAD_ACTS)
        return t->turn < t->act_count;
    return k->plan->kind == LOAD_OBSERVATIONS || t->number + t->turn * k->plan->terminals < LAB_BATCHES;
}

static void send_frames(struct load *k, struct terminal *t, size_t batch, const struct envelope *env, struct bytes body)
{
    void *socket = t->socket[batch % k->lab->workers];
    uint8_t id[WIRE_ID_LEN];
    struct buf head = buf_new(k->scratch);
    memset(id, 0, sizeof id);
    memcpy(id, &t->turn, sizeof t->turn);
    buf_add(&head, id, sizeof id);
    envelope_write(&head, env);
    zmq_send(socket, head.text, head.len, ZMQ_SNDMORE);
    zmq_send(socket, body.data, body.len, 0);
    t->turn++;
    t->is_waiting = true;
    t->sent_us = clock_monotonic_us();
}

static void send_next(struct load *k, struct terminal *t)
{
    struct envelope env = {.token = t->as->token, .phase = "call", .verb = "batch.reading"};
    char command[COMMAND_HEX], batch[33], at[CLOCK_TEXT], body[400];
    arena_reset(k->scratch);
    if (k->plan->kind == LOAD_ACTS) {
        const struct act *act = &t->act[t->turn];
        env.verb = "batch.note";
        env.phase = "commit";
        env.command = act->command;
        env.stream = act->batch;
        send_frames(k, t, act->number, &env, act->body);
        return;
    }
    size_t number = (t->number + t->turn * k->plan->terminals) % LAB_BATCHES;
    lab_batch(number, batch);
    command_new(command);
    clock_to_text(clock_ms(), at);
    int len = snprintf(body, sizeof body, "{\"batch_id\":\"%s\",\"equipment_id\":\"E-LOAD\",\"quantity\":\"temperature_c\","
                       "\"read_at\":\"%s\",\"value\":\"37.%zu\"}", batch, at, t->turn % 9 + 1);
    env.command = command;
    env.stream = batch;
    send_frames(k, t, number, &env, (struct bytes){(const uint8_t *)body, (size_t)len});
}

static void note_latency(struct load *k, int64_t us)
{
    struct load_result *r = k->result;
    if (r->done == k->latency_size) {
        k->latency_size = k->latency_size != 0 ? k->latency_size * 2 : 65536;
        k->latency = realloc(k->latency, k->latency_size * sizeof *k->latency);
        if (k->latency == NULL)
            abort();
    }
    k->latency[r->done++] = (uint32_t)us;
}

static void receive(struct load *k, struct terminal *t, void *socket)
{
    char reply[4000];
    int len = zmq_recv(socket, reply, sizeof reply - 1, ZMQ_DONTWAIT);
    if (len < WIRE_ID_LEN)
        return;
    t->is_waiting = false;
    if (len > 0 && (size_t)len < sizeof reply && memmem(reply, (size_t)len, "\"ok\":true", 9) != NULL) {
        note_latency(k, clock_monotonic_us() - t->sent_us);
        return;
    }
    if (k->result->refused++ == 0 && len > 0)
        snprintf(k->first_refusal, sizeof k->first_refusal, "%.*s", len < 280 ? len - WIRE_ID_LEN : 264, reply + WIRE_ID_LEN);
}

/* Sends and receives until the time is up or nothing is left, and all answers are in. */
static int drive(struct load *k, struct err *e)
{
    size_t n = k->plan->terminals, workers = k->lab->workers, waiting = 0;
    int64_t end = k->plan->kind == LOAD_FIRST ? INT64_MAX : clock_monotonic_us() + (int64_t)k->plan->seconds * 1000000;
    for (size_t i = 0; i < n; i++)
        if (has_next(k, &k->terminal[i])) {
            send_next(k, &k->terminal[i]);
            waiting++;
        }
    while (waiting > 0) {
        if (zmq_poll(k->poll, (int)(n * workers), STALL_MS) <= 0)
            return err_fault(e, "no answer for %d s", STALL_MS / 1000);
        bool is_over = clock_monotonic_us() >= end;
        for (size_t i = 0; i < n * workers; i++) {
            struct terminal *t = &k->terminal[i / workers];
            if ((k->poll[i].revents & ZMQ_POLLIN) == 0)
                continue;
            receive(k, t, k->poll[i].socket);
            if (!t->is_waiting && !is_over && has_next(k, t))
                send_next(k, t);
            else if (!t->is_waiting)
                waiting--;
        }
    }
    return 0;
}

static int compare(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static void sum_up(struct load *k, const struct cpu *before, const struct cpu *after, int64_t us)
{
    struct load_result *r = k->result;
    double n = r->done > 0 ? (double)r->done : 1;
    r->seconds = (double)us / 1e6;
    if (r->done > 0) {
        qsort(k->latency, r->done, sizeof *k->latency, compare);
        r->p50_ms = k->latency[r->done / 2] / 1e3;
        r->p99_ms = k->latency[r->done * 99 / 100] / 1e3;
    }
    r->cpu_service = (after->service - before->service) / n;
    r->cpu_postgres = (after->postgres - before->postgres) / n;
    r->cpu_sequencer = (after->sequencer - before->sequencer) / n;
    r->cpu_client = (after->client - before->client) / n;
}

int load_run(struct lab *l, const struct load_plan *plan, struct load_result *ret, struct err *e)
{
    struct load k = {.lab = l, .plan = plan, .arena = arena_new((size_t)4 << 30), .scratch = arena_new(0),
                     .zmq = zmq_ctx_new(), .result = ret};
    struct cpu before, after;
    *ret = (struct load_result){0};
    k.terminal = ARENA_ARRAY(k.arena, struct terminal, plan->terminals);
    k.poll = ARENA_ARRAY(k.arena, zmq_pollitem_t, plan->terminals * l->workers);
    int code = 0;
    for (size_t i = 0; code == 0 && i < plan->terminals; i++)
        code = connect_terminal(&k, i, e);
    if (code == 0 && plan->kind == LOAD_ACTS)
        code = sign_acts(&k, e);
    cpu_read(l->house, &before);
    int64_t began = clock_monotonic_us();
    if (code == 0)
        code = drive(&k, e);
    int64_t us = clock_monotonic_us() - began;
    cpu_read(l->house, &after);
    if (code == 0)
        sum_up(&k, &before, &after, us);
    if (code == 0 && ret->refused > 0)
        fprintf(stderr, "first refusal: %s\n", k.first_refusal);
    for (size_t i = 0; i < plan->terminals * l->workers; i++)
        if (k.terminal[i / l->workers].socket[i % l->workers] != NULL)
            zmq_close(k.terminal[i / l->workers].socket[i % l->workers]);
    zmq_ctx_term(k.zmq);
    free(k.latency);
    arena_free(k.scratch);
    arena_free(k.arena);
    return code;
}
