// Elementwise loops of one type of numbers. A file includes this after defining NUMBER, LANES,
// SPLAT (a vector of one number), FIRST (the first number of a vector), SUM and UNEQUAL.
//
// An operation is a function of vectors. A single number goes through it too, so that its place does not matter.

#include "loop.h"

#define SIZE ((isize)sizeof(NUMBER))
#define AT(address) (*(NUMBER *)(address))

typedef v128_t (*Unary)(v128_t);
typedef v128_t (*Binary)(v128_t, v128_t);

INLINE void unary(char **args, const isize *counts, const isize *strides, Unary operation) {
  isize n = counts[0], i = 0, step = strides[0], out = strides[1];
  char *x = args[0], *y = args[1];
  if (step == SIZE && out == SIZE && is_ahead(x, y, n * SIZE))
    for (; i + LANES <= n; i += LANES, x += 16, y += 16) store(y, operation(load(x)));
#pragma clang loop unroll(disable)
  for (; i < n; i++, x += step, y += out) AT(y) = FIRST(operation(SPLAT(AT(x))));
}

INLINE void binary(char **args, const isize *counts, const isize *strides, Binary operation) {
  isize n = counts[0], i = 0, sa = strides[0], sb = strides[1], out = strides[2];
  char *a = args[0], *b = args[1], *c = args[2];
  if (out == SIZE && is_ahead(a, c, n * SIZE) && is_ahead(b, c, n * SIZE)) {
    if (sa == SIZE && sb == SIZE)
      for (; i + LANES <= n; i += LANES, a += 16, b += 16, c += 16) store(c, operation(load(a), load(b)));
    else if (sa == SIZE && sb == 0)
      for (v128_t y = SPLAT(AT(b)); i + LANES <= n; i += LANES, a += 16, c += 16) store(c, operation(load(a), y));
    else if (sa == 0 && sb == SIZE)
      for (v128_t x = SPLAT(AT(a)); i + LANES <= n; i += LANES, b += 16, c += 16) store(c, operation(x, load(b)));
  }
#pragma clang loop unroll(disable)
  for (; i < n; i++, a += sa, b += sb, c += out) AT(c) = FIRST(operation(SPLAT(AT(a)), SPLAT(AT(b))));
}

// Whether the loop reduces: its output is its first input.
#define REDUCES (args[0] == args[2] && strides[0] == 0 && strides[2] == 0)

// Sum in halves, as NumPy does, to the last bit: of up to 128 numbers in 8 sums side by side.
static NUMBER pairwise_sum(const char *x, isize n, isize step) {
  NUMBER sum = (NUMBER)-0.0; // so that a sum of -0 is -0
  if (n < 8) {
    for (isize i = 0; i < n; i++) sum += AT(x + i * step);
    return sum;
  }
  if (n > 128) {
    isize half = n / 2 / 8 * 8;
    return pairwise_sum(x, half, step) + pairwise_sum(x + half * step, n - half, step);
  }
  NUMBER r[8];
  isize i = 8;
  if (step == SIZE) {
    v128_t s[8 / LANES];
    for (int v = 0; v < 8 / LANES; v++) s[v] = load(x + 16 * v);
    for (; i + 8 <= n; i += 8)
      for (int v = 0; v < 8 / LANES; v++) s[v] = SUM(s[v], load(x + i * SIZE + 16 * v));
    for (int v = 0; v < 8 / LANES; v++) store(r + v * LANES, s[v]);
  } else {
    for (int v = 0; v < 8; v++) r[v] = AT(x + v * step);
    for (; i + 8 <= n; i += 8)
      for (int v = 0; v < 8; v++) r[v] += AT(x + (i + v) * step);
  }
  sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  for (; i < n; i++) sum += AT(x + i * step);
  return sum;
}

// The greater or the lesser of two numbers; NaN if one is.
INLINE NUMBER extreme(NUMBER a, NUMBER b, const int greatest) { return a != a || (greatest ? a >= b : a <= b) ? a : b; }

// Reduce to the greatest or the least number: in four vectors side by side, by `one`, which loses NaN, and look for it.
INLINE NUMBER extreme_of(NUMBER first, const char *x, isize n, isize step, Binary one, const int greatest) {
  isize i = 0;
  if (step == SIZE && n >= 64) {
    v128_t start = SPLAT(first), s[4] = {start, start, start, start}, is_nan = UNEQUAL(start, start);
    for (; i + 4 * LANES <= n; i += 4 * LANES)
      for (int v = 0; v < 4; v++) {
        v128_t next = load(x + i * SIZE + 16 * v);
        s[v] = one(s[v], next);
        is_nan = wasm_v128_or(is_nan, UNEQUAL(next, next));
      }
    NUMBER lanes[LANES];
    store(lanes, one(one(s[0], s[1]), one(s[2], s[3])));
    for (int l = 0; l < LANES; l++) first = extreme(first, lanes[l], greatest);
    if (wasm_v128_any_true(is_nan)) first = (NUMBER)__builtin_nanf("");
  }
  for (; i < n; i++) first = extreme(first, AT(x + i * step), greatest);
  return first;
}

// A binary loop that reduces in its own way.
#define EXTREME(NAME, OPERATION, ONE, GREATEST)                                                                 \
  LOOP(NAME) {                                                                                                  \
    if (REDUCES) AT(args[2]) = extreme_of(AT(args[0]), args[1], counts[0], strides[1], ONE, GREATEST);           \
    else binary(args, counts, strides, OPERATION);                                                              \
  }
#define SUMMING(NAME, OPERATION)                                                                                \
  LOOP(NAME) {                                                                                                  \
    if (REDUCES) AT(args[2]) += pairwise_sum(args[1], counts[0], strides[1]);                                    \
    else binary(args, counts, strides, OPERATION);                                                              \
  }
#define UNARY(NAME, OPERATION) LOOP(NAME) { unary(args, counts, strides, OPERATION); }
#define BINARY(NAME, OPERATION) LOOP(NAME) { binary(args, counts, strides, OPERATION); }
