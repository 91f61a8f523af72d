// Matrix product of float64: the same bits as NumPy's own loop.

#include "loop.h"

#define NUMBER double
#define LANES 2
#define SPLAT wasm_v128_load64_splat
#define MULTIPLY wasm_f64x2_mul
#define ADD wasm_f64x2_add

// Copy lines whose own numbers are adjacent, two by two, and return the index of the first number left.
INLINE isize pack_across(double *out, const int width, const char *at, isize line, isize n) {
  for (int l = 0; l < width; l += 2, at += 2 * line) {
    double *to = out + l;
    for (isize k = 0; k + 2 <= n; k += 2, to += 2 * width) {
      v128_t a = load(at + 8 * k), b = load(at + line + 8 * k);
      store(to, wasm_i64x2_shuffle(a, b, 0, 2));
      store(to + width, wasm_i64x2_shuffle(a, b, 1, 3));
    }
  }
  return n & ~(isize)1;
}

INLINE void flush(double *numbers, isize count, double least) {} // nothing is flushed

#include "product.h"

INLINE void product_f64(Matrix a, Matrix b, Matrix c, isize m, isize n, isize p) { product(a, b, c, m, n, p, 0, 0); }

LOOP(matmul_f64) { MATMUL(product_f64) }
