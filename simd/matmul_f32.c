// Matrix product of float32.

#include "loop.h"

#define NUMBER float
#define LANES 4
#define SPLAT wasm_v128_load32_splat
#define MULTIPLY wasm_f32x4_mul
#define ADD wasm_f32x4_add

// Copy lines whose own numbers are adjacent, four by four, and return the index of the first number left.
INLINE isize pack_across(float *out, const int width, const char *at, isize line, isize n) {
  for (int l = 0; l < width; l += 4, at += 4 * line) {
    float *to = out + l;
    for (isize k = 0; k + 4 <= n; k += 4, to += 4 * width) {
      v128_t a = load(at + 4 * k), b = load(at + line + 4 * k);
      v128_t c = load(at + 2 * line + 4 * k), d = load(at + 3 * line + 4 * k);
      v128_t ab = wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), cd = wasm_i32x4_shuffle(c, d, 0, 4, 1, 5);
      store(to, wasm_i64x2_shuffle(ab, cd, 0, 2));
      store(to + width, wasm_i64x2_shuffle(ab, cd, 1, 3));
      ab = wasm_i32x4_shuffle(a, b, 2, 6, 3, 7), cd = wasm_i32x4_shuffle(c, d, 2, 6, 3, 7);
      store(to + 2 * width, wasm_i64x2_shuffle(ab, cd, 0, 2));
      store(to + 3 * width, wasm_i64x2_shuffle(ab, cd, 1, 3));
    }
  }
  return n & ~(isize)3;
}

// Replace numbers below `least` in magnitude by 0; NaN stays. `count` is a multiple of 4.
static void flush(float *numbers, isize count, float least) {
  for (isize i = 0; i < count; i += 4) store(numbers + i, flushed_below(load(numbers + i), f32s(least)));
}

#include "product.h"

// Numbers below it are "small": a product without small factors cannot be a denormal.
#define SMALL_BITS 0x20000000u // of 2^-63
// Products below it count as 0, in matrices that hold small numbers.
#define NOTHING 0x1p-112f

// Twice the bits of |x|, so that the sign is gone; of NaN the largest of all. `least` leaves zeros out.
typedef struct {
  unsigned least, most;
} Range;

INLINE unsigned lowest(v128_t x) {
  x = wasm_u32x4_min(x, wasm_i32x4_shuffle(x, x, 2, 3, 0, 1));
  return wasm_u32x4_extract_lane(wasm_u32x4_min(x, wasm_i32x4_shuffle(x, x, 1, 0, 3, 2)), 0);
}

INLINE unsigned highest(v128_t x) { return ~lowest(wasm_v128_not(x)); }

static Range range_of(Matrix a, isize rows, isize columns) {
  if (a.column != 4 && a.row == 4) {
    a = transposed(a);
    isize kept = rows;
    rows = columns, columns = kept;
  }
  isize vectors = a.column == 4 ? columns & ~(isize)3 : 0;
  v128_t least = wasm_i32x4_splat(-1), most = wasm_i32x4_splat(0), one = wasm_i32x4_splat(1);
  for (isize i = 0; i < rows; i++) {
    const char *at = a.at + i * a.row;
    isize j = 0;
    for (; j < vectors; j += 4) {
      v128_t x = wasm_i32x4_shl(load(at + 4 * j), 1);
      least = wasm_u32x4_min(least, wasm_i32x4_sub(x, one)); // 0 becomes the largest
      most = wasm_u32x4_max(most, x);
    }
    for (; j < columns; j++) {
      v128_t x = wasm_i32x4_shl(wasm_v128_load32_splat(at + j * a.column), 1);
      least = wasm_u32x4_min(least, wasm_i32x4_sub(x, one));
      most = wasm_u32x4_max(most, x);
    }
  }
  return (Range){lowest(least), highest(most)};
}

INLINE float number_of(unsigned twice) {
  union {
    unsigned bits;
    float number;
  } x = {twice >> 1};
  return x.number;
}

// Without small numbers: the plain product. With some: those that no product with could reach NOTHING count as 0.
static void product_f32(Matrix a, Matrix b, Matrix c, isize m, isize n, isize p) {
  Range of_a = range_of(a, m, n), of_b = range_of(b, n, p);
  int any_small = of_a.least < 2 * SMALL_BITS - 1 || of_b.least < 2 * SMALL_BITS - 1;
  if (any_small) product(a, b, c, m, n, p, NOTHING / number_of(of_b.most), NOTHING / number_of(of_a.most));
  else product(a, b, c, m, n, p, 0, 0);
}

LOOP(matmul_f32) { MATMUL(product_f32) }
