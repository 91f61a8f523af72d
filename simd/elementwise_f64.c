// Elementwise loops of float64: the same bits as NumPy's own.

#define SPEED __attribute__((minsize))
#define NUMBER double
#define LANES 2
#define SPLAT wasm_f64x2_splat
#define FIRST(x) wasm_f64x2_extract_lane(x, 0)
#define SUM wasm_f64x2_add
#define UNEQUAL wasm_f64x2_ne

#include "elementwise.h"

INLINE v128_t add(v128_t a, v128_t b) { return wasm_f64x2_add(a, b); }
INLINE v128_t subtract(v128_t a, v128_t b) { return wasm_f64x2_sub(a, b); }
INLINE v128_t multiply(v128_t a, v128_t b) { return wasm_f64x2_mul(a, b); }
INLINE v128_t divide(v128_t a, v128_t b) { return wasm_f64x2_div(a, b); }
// Of equal numbers, such as 0 and -0, the first.
INLINE v128_t lesser(v128_t a, v128_t b) { return wasm_f64x2_pmin(a, b); }
INLINE v128_t greater(v128_t a, v128_t b) { return wasm_f64x2_pmax(a, b); }
INLINE v128_t minimum(v128_t a, v128_t b) { return wasm_v128_bitselect(b, lesser(a, b), wasm_f64x2_ne(b, b)); }
INLINE v128_t maximum(v128_t a, v128_t b) { return wasm_v128_bitselect(b, greater(a, b), wasm_f64x2_ne(b, b)); }
INLINE v128_t square(v128_t x) { return wasm_f64x2_mul(x, x); }
INLINE v128_t reciprocal(v128_t x) { return wasm_f64x2_div(wasm_f64x2_splat(1), x); }
INLINE v128_t negative(v128_t x) { return wasm_f64x2_neg(x); }
INLINE v128_t root(v128_t x) { return wasm_f64x2_sqrt(x); }

SUMMING(add_f64, add)
EXTREME(minimum_f64, minimum, lesser, 0)
EXTREME(maximum_f64, maximum, greater, 1)
BINARY(subtract_f64, subtract)
BINARY(multiply_f64, multiply)
BINARY(divide_f64, divide)
UNARY(square_f64, square)
UNARY(reciprocal_f64, reciprocal)
UNARY(negative_f64, negative)
UNARY(sqrt_f64, root)
