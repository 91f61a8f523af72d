// exp and tanh of four float32 numbers.

#pragma once
#include "loop.h"

// c[0] xⁿ + c[1] xⁿ⁻¹ + … (Horner's scheme).
INLINE v128_t polynomial(v128_t x, const int terms, const float *c) {
  v128_t sum = f32s(c[0]);
#pragma clang loop unroll(full)
  for (int i = 1; i < terms; i++) sum = wasm_f32x4_add(wasm_f32x4_mul(sum, x), f32s(c[i]));
  return sum;
}
#define POLYNOMIAL(x, ...) polynomial(x, sizeof((float[]){__VA_ARGS__}) / 4, (float[]){__VA_ARGS__})

INLINE v128_t power_of_two(v128_t k) { return wasm_i32x4_shl(wasm_i32x4_add(k, wasm_i32x4_splat(127)), 23); }

// eˣ = 2ᵏ eʳ with k = round(x / ln 2): Moshier (1992), Cephes, expf.c. Within 8e-8 of the result; 0 below 1.2e-38. One
// copy for all loops.
__attribute__((noinline)) static v128_t exp_f32x4(v128_t x) {
  const float lowest = -87.3365478515625f, highest = 88.72283172607421875f; // ln of the limits of float32
  v128_t is_low = wasm_f32x4_lt(x, f32s(lowest)), is_high = wasm_f32x4_gt(x, f32s(highest));
  x = wasm_f32x4_pmin(wasm_f32x4_pmax(x, f32s(lowest)), f32s(highest)); // in this order NaN stays
  v128_t k = wasm_f32x4_nearest(wasm_f32x4_mul(x, f32s(1.44269504088896341f)));
  v128_t r = wasm_f32x4_sub(x, wasm_f32x4_mul(k, f32s(0.693359375f))); // ln 2 in two parts
  r = wasm_f32x4_sub(r, wasm_f32x4_mul(k, f32s(-2.12194440e-4f)));
  v128_t y = POLYNOMIAL(r, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f,
                        5.0000001201e-1f);
  y = wasm_f32x4_add(wasm_f32x4_add(wasm_f32x4_mul(y, wasm_f32x4_mul(r, r)), r), f32s(1));
  v128_t whole = wasm_i32x4_trunc_sat_f32x4(k), half = wasm_i32x4_shr(whole, 1); // 2¹²⁸ is no float32: in two steps
  y = wasm_f32x4_mul(wasm_f32x4_mul(y, power_of_two(half)), power_of_two(wasm_i32x4_sub(whole, half)));
  return wasm_v128_bitselect(f32s(__builtin_inff()), wasm_v128_andnot(y, is_low), is_high);
}

// A quotient of polynomials, the one of Eigen's fast tanh (Guennebaud & Jacob). Within 4e-7 of the result.
INLINE v128_t tanh_f32x4(v128_t x) {
  const float one = 7.90531110763549805f; // tanh rounds to 1 from here on
  x = wasm_f32x4_pmin(wasm_f32x4_pmax(x, f32s(-one)), f32s(one));
  v128_t z = wasm_f32x4_mul(x, x);
  v128_t p = POLYNOMIAL(z, -2.76076847742355e-16f, 2.00018790482477e-13f, -8.60467152213735e-11f, 5.12229709037114e-08f,
                        1.48572235717979e-05f, 6.37261928875436e-04f, 4.89352455891786e-03f);
  v128_t q = POLYNOMIAL(z, 1.19825839466702e-06f, 1.18534705686654e-04f, 2.26843463243900e-03f, 4.89352518554385e-03f);
  return wasm_f32x4_div(wasm_f32x4_mul(x, p), q);
}
