// Formulas of the package, each as one loop of float32: activation functions with their slopes, losses with gradients.
// elementwise_f32.c includes this after its operations.
//
// A loop makes the operations of its formula in activations.py or losses.py, in the same order, and so gives the same
// bits. `wasm_f32x4_mul`, which does not flush, stands where the next operation adds a number that absorbs a denormal.

#undef SPEED
#define SPEED __attribute__((minsize))
#define SHARED __attribute__((noinline, minsize)) static // one copy for all formulas

// Up to four numbers; 0 in the places of others.
SHARED v128_t load_some(const char *at, isize step, isize count) {
  float lanes[4] = {0, 0, 0, 0};
  for (isize l = 0; l < count && l < 4; l++) lanes[l] = AT(at + l * step);
  return load(lanes);
}

SHARED void store_some(char *at, isize step, isize count, v128_t values) {
  float lanes[4];
  store(lanes, values);
  for (isize l = 0; l < count && l < 4; l++) AT(at + l * step) = lanes[l];
}

INLINE v128_t load_four(const char *at, isize step, isize count) {
  return step == SIZE && count >= 4 ? load(at) : load_some(at, step, count);
}
INLINE void store_four(char *at, isize step, isize count, v128_t values) {
  if (step == SIZE && count >= 4) store(at, values);
  else store_some(at, step, count, values);
}

// NaN stays.
INLINE v128_t at_most(v128_t x, float limit) { return wasm_f32x4_pmin(x, f32s(limit)); }
INLINE v128_t at_least(v128_t x, float limit) { return wasm_f32x4_pmax(x, f32s(limit)); }

// ---- Activation functions: (z) → a, cache; slopes: (z, a, cache) → slope ----

typedef void (*Formula)(const v128_t *inputs, v128_t *outputs);

INLINE void apply(char **args, isize n, const isize *strides, const int ins, const int outs, Formula formula) {
  for (isize i = 0; i < n; i += 4) {
    v128_t x[3], y[2];
#pragma clang loop unroll(full)
    for (int k = 0; k < ins; k++) x[k] = load_four(args[k] + i * strides[k], strides[k], n - i);
    formula(x, y);
#pragma clang loop unroll(full)
    for (int k = ins; k < ins + outs; k++) store_four(args[k] + i * strides[k], strides[k], n - i, y[k - ins]);
  }
}

#define FORMULA(NAME, INS, OUTS)                                                       \
  INLINE void NAME(const v128_t *x, v128_t *y);                                        \
  LOOP(NAME##_f32) { apply(args, counts[0], strides, INS, OUTS, NAME); }               \
  INLINE void NAME(const v128_t *x, v128_t *y)

#define TWO_C 1.5957691216057308f       // 2 √(2/π)
#define TWO_C_K 0.07135481627260025f    // 2 √(2/π) 0.044715
#define SIX_C_K 0.21406444881780074f    // 3 times that

// z → a, g
FORMULA(gelu, 1, 2) {
  v128_t z = at_least(x[0], -22);
  v128_t t = multiply(add(wasm_f32x4_mul(wasm_f32x4_mul(z, z), f32s(TWO_C_K)), f32s(TWO_C)), z);
  v128_t e = exp_f32x4(at_most(t, 40));
  y[1] = divide(e, add(e, f32s(1)));
  y[0] = multiply(z, y[1]);
}

// z, a, g → slope
FORMULA(gelu_slope, 3, 1) {
  v128_t slope = add(wasm_f32x4_mul(at_most(wasm_f32x4_mul(x[0], x[0]), 484), f32s(SIX_C_K)), f32s(TWO_C));
  slope = multiply(multiply(slope, at_most(x[1], 22)), subtract(f32s(1), x[2]));
  y[0] = add(slope, x[2]);
}

// z → σ(z), 1 - σ(z)
FORMULA(sigmoid, 1, 2) {
  v128_t e = exp_f32x4(at_most(x[0], 87.72283935546875f)), whole = add(e, f32s(1));
  y[0] = divide(e, whole);
  y[1] = divide(f32s(1), whole);
}

// z → a, σ(z)
FORMULA(silu, 1, 2) {
  v128_t e = exp_f32x4(at_most(x[0], 40));
  y[1] = divide(e, add(e, f32s(1)));
  y[0] = multiply(at_least(x[0], -746), y[1]);
}

// z, a, σ(z) → slope
FORMULA(silu_slope, 3, 1) { y[0] = add(multiply(subtract(f32s(1), x[2]), at_most(x[1], 746)), x[2]); }

// z → slope
FORMULA(tanh_slope, 1, 1) {
  v128_t e = exp_f32x4(wasm_f32x4_mul(wasm_f32x4_abs(x[0]), f32s(-2))), whole = add(e, f32s(1));
  y[0] = wasm_f32x4_mul(divide(e, wasm_f32x4_mul(whole, whole)), f32s(4));
}

// ---- Losses: (rows, columns), (rows, columns) → (), (rows, columns), all without gaps ----

#define MAX_ROWS 1024 // of cross-entropy
#define FOUR(at) load_four((at) + j * SIZE, SIZE, columns - j)
#define EACH_FOUR(to, values)                                                                        \
  for (isize j = 0; j < columns; j += 4) store_four((to) + j * SIZE, SIZE, columns - j, values)

// log x of a number from 1 on: the C library's, from Arm's "optimized routines" (2018), logf.c, in double. The table of
// 1/c and log c for 16 points c is written as a sum of choices, since a module of loops holds no data.
SHARED float log_f32(float x) {
  union { float number; unsigned bits; } u = {x};
  unsigned shifted = u.bits - 0x3f330000u, i = shifted >> 19 & 15;
  int k = (int)shifted >> 23;
  u.bits -= shifted & 0xff800000u;
#define POINT(I, INVERSE, LOG) if (i == I) inverse = INVERSE, log = LOG;
  double inverse = 1, log = 0;
  POINT(0, 0x1.661ec79f8f3bep+0, -0x1.57bf7808caadep-2)
  POINT(1, 0x1.571ed4aaf883dp+0, -0x1.2bef0a7c06ddbp-2)
  POINT(2, 0x1.49539f0f010bp+0, -0x1.01eae7f513a67p-2)
  POINT(3, 0x1.3c995b0b80385p+0, -0x1.b31d8a68224e9p-3)
  POINT(4, 0x1.30d190c8864a5p+0, -0x1.6574f0ac07758p-3)
  POINT(5, 0x1.25e227b0b8eap+0, -0x1.1aa2bc79c81p-3)
  POINT(6, 0x1.1bb4a4a1a343fp+0, -0x1.a4e76ce8c0e5ep-4)
  POINT(7, 0x1.12358f08ae5bap+0, -0x1.1973c5a611cccp-4)
  POINT(8, 0x1.0953f419900a7p+0, -0x1.252f438e10c1ep-5)
  POINT(10, 0x1.e608cfd9a47acp-1, 0x1.aa5aa5df25984p-5)
  POINT(11, 0x1.ca4b31f026aap-1, 0x1.c5e53aa362eb4p-4)
  POINT(12, 0x1.b2036576afce6p-1, 0x1.526e57720db08p-3)
  POINT(13, 0x1.9c2d163a1aa2dp-1, 0x1.bc2860d22477p-3)
  POINT(14, 0x1.886e6037841edp-1, 0x1.1058bc8a07ee1p-2)
  POINT(15, 0x1.767dcf5534862p-1, 0x1.4043057b6ee09p-2)
  double r = (double)u.number * inverse - 1, square = r * r;
  double near = log + (double)k * 0x1.62e42fefa39efp-1;
  double y = 0x1.5575b0be00b6ap-2 * r + -0x1.ffffef20a4123p-2;
  return (float)((-0x1.00ea348b88334p-2 * square + y) * square + (near + r));
}

#define AT_ROW(matrix, r) ((matrix) + (r) * columns * SIZE)

// (logits, targets) → loss, gradient: the mean over the rows of log Σ e^shifted - Σ target · shifted, where shifted is
// logit - top, and (softmax(logits) - target) / rows.
LOOP(cross_entropy_f32) {
  isize rows = counts[1], columns = counts[2];
  char *logits = args[0], *targets = args[1], *grad = args[3];
  float logs[MAX_ROWS], tops[MAX_ROWS];
  for (isize r = 0; r < rows; r++) {
    const float *row = (float *)AT_ROW(logits, r);
    tops[r] = row[0];
    for (isize j = 1; j < columns; j++) tops[r] = extreme(tops[r], row[j], 1);
    EACH_FOUR(AT_ROW(grad, r), multiply(FOUR(AT_ROW(targets, r)), subtract(FOUR(AT_ROW(logits, r)), f32s(tops[r]))));
  }
  float correct = pairwise_sum(grad, rows * columns, SIZE);
  for (isize r = 0; r < rows; r++) {
    char *out = AT_ROW(grad, r);
    EACH_FOUR(out, exp_f32x4(subtract(FOUR(AT_ROW(logits, r)), f32s(tops[r]))));
    float sum = pairwise_sum(out, columns, SIZE);
    logs[r] = log_f32(sum);
    EACH_FOUR(out, divide(subtract(divide(FOUR(out), f32s(sum)), FOUR(AT_ROW(targets, r))), f32s((float)rows)));
  }
  AT(args[2]) = (pairwise_sum((char *)logs, rows, SIZE) - correct) / (float)rows;
}

// (logits, targets) → loss, gradient: the mean of (logit - target)², and 2 (logit - target) / count.
LOOP(mse_f32) {
  isize columns = counts[1] * counts[2];
  char *logits = args[0], *targets = args[1], *grad = args[3];
  EACH_FOUR(grad, square(subtract(FOUR(logits), FOUR(targets))));
  AT(args[2]) = pairwise_sum(grad, columns, SIZE) / (float)columns;
  EACH_FOUR(grad, multiply(subtract(FOUR(logits), FOUR(targets)), f32s((float)(2.0 / (double)columns))));
}
