// Elementwise loops of float32: NumPy's bits, except that exp and tanh round differently, and that a result below
// 1.2e-38 (a denormal) is 0.

#define NUMBER float
#define LANES 4
#define SPLAT wasm_f32x4_splat
#define FIRST(x) wasm_f32x4_extract_lane(x, 0)
#define SUM wasm_f32x4_add
#define UNEQUAL wasm_f32x4_ne

#include "elementwise.h"
#include "functions.h"

INLINE v128_t add(v128_t a, v128_t b) { return wasm_f32x4_add(a, b); }
INLINE v128_t subtract(v128_t a, v128_t b) { return wasm_f32x4_sub(a, b); }
INLINE v128_t multiply(v128_t a, v128_t b) { return flushed(wasm_f32x4_mul(a, b)); }
INLINE v128_t divide(v128_t a, v128_t b) { return flushed(wasm_f32x4_div(a, b)); }
// Of equal numbers, such as 0 and -0, the first.
INLINE v128_t lesser(v128_t a, v128_t b) { return wasm_f32x4_pmin(a, b); }
INLINE v128_t greater(v128_t a, v128_t b) { return wasm_f32x4_pmax(a, b); }
INLINE v128_t minimum(v128_t a, v128_t b) { return wasm_v128_bitselect(b, lesser(a, b), wasm_f32x4_ne(b, b)); }
INLINE v128_t maximum(v128_t a, v128_t b) { return wasm_v128_bitselect(b, greater(a, b), wasm_f32x4_ne(b, b)); }
INLINE v128_t reciprocal(v128_t x) { return flushed(wasm_f32x4_div(f32s(1), x)); }
INLINE v128_t negative(v128_t x) { return wasm_f32x4_neg(x); }
INLINE v128_t root(v128_t x) { return wasm_f32x4_sqrt(x); }

// A number whose square would be a denormal is replaced by 0 before it is squared.
INLINE v128_t square(v128_t x) {
  x = wasm_v128_andnot(x, wasm_f32x4_lt(wasm_f32x4_abs(x), f32s(0x1p-63f)));
  return wasm_f32x4_mul(x, x);
}

SUMMING(add_f32, add)
EXTREME(minimum_f32, minimum, lesser, 0)
EXTREME(maximum_f32, maximum, greater, 1)
BINARY(subtract_f32, subtract)
BINARY(multiply_f32, multiply)
BINARY(divide_f32, divide)
UNARY(exp_f32, exp_f32x4)
UNARY(tanh_f32, tanh_f32x4)
UNARY(square_f32, square)
UNARY(reciprocal_f32, reciprocal)
UNARY(negative_f32, negative)
UNARY(sqrt_f32, root)

#include "formulas.h"
