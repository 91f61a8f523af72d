// Inner loops for NumPy's ufuncs, compiled to WebAssembly with SIMD instructions. README.md says how they are used.
//
// A loop has NumPy's own signature (PyUFuncGenericFunction): `args` are the first numbers of the inputs, then of the
// outputs; `counts` the number of elements, and for matmul the sizes of the matrices; `strides` are in bytes.
//
// The module runs in the memory of Python: it must have no static data (the build refuses it), and its stack is a piece
// of memory that Python's allocator gave.

#pragma once
#include <wasm_simd128.h>

typedef __INTPTR_TYPE__ isize;

// A file whose loops need not be the fastest defines SPEED as an attribute that makes them small.
#ifndef SPEED
#define SPEED
#endif

#define INLINE static inline __attribute__((always_inline))
#define LOOP(NAME) __attribute__((export_name(#NAME))) SPEED void NAME(char **args, const isize *counts, const isize *strides, void *data)

INLINE v128_t load(const void *at) { return wasm_v128_load(at); }
INLINE void store(void *at, v128_t values) { wasm_v128_store(at, values); }
INLINE v128_t f32s(float x) { return wasm_f32x4_splat(x); }

// The smallest normal float32, 1.2e-38. Arithmetic with the numbers below it (denormals) takes a hundred times as long.
#define NORMAL_F32 0x1p-126f

// Replace numbers below `least` in magnitude by 0 of their sign. NaN, as every comparison with it is false, stays.
INLINE v128_t flushed_below(v128_t x, v128_t least) {
  v128_t magnitude = wasm_i32x4_splat(0x7fffffff);
  return wasm_v128_andnot(x, wasm_v128_and(wasm_f32x4_lt(wasm_f32x4_abs(x), least), magnitude));
}
INLINE v128_t flushed(v128_t x) { return flushed_below(x, f32s(NORMAL_F32)); }

// Whether writing c from the front, a vector at a time, spoils no later element of x. NumPy copies operands that
// overlap in other ways, but accumulate reads what it has just written.
INLINE int is_ahead(const char *x, const char *c, isize bytes) { return x == c || (__UINTPTR_TYPE__)(c - x) >= (__UINTPTR_TYPE__)bytes; }
