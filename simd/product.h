// Matrix product C = A B of one type of numbers, for any strides. A file includes this after defining
// NUMBER and LANES, the numbers in a vector; and SPLAT, MULTIPLY, ADD for vectors.
//
// Every sum runs over the inner index in order, one product after the other, as in NumPy's own loop: equal bits.
// Parts of A and B are copied ("packed") so that the innermost loop reads them in order, whatever their strides:
// A in panels of 4 rows, B in panels of two vectors of columns. A tile of C, 4 rows by 2 vectors, stays in registers.

#include "loop.h"

#define SIZE ((isize)sizeof(NUMBER))
#define AT(address) (*(NUMBER *)(address))
#define ROWS 4
#define COLUMNS (2 * LANES)
#define DEPTH 128 // inner indices packed at a time
#define BAND 64   // rows of A packed at a time

typedef struct {
  char *at;        // the first number
  isize row, column; // from a number to the next one below it, and beside it; bytes
} Matrix;

INLINE Matrix part(Matrix a, isize i, isize j) { return (Matrix){a.at + i * a.row + j * a.column, a.row, a.column}; }
INLINE Matrix transposed(Matrix a) { return (Matrix){a.at, a.column, a.row}; }

// Copy `lines` lines (rows of A, columns of B) of n numbers into out[n][width]; 0 where there is no line.
INLINE void pack(NUMBER *out, const int width, const char *at, isize line, isize step, isize lines, isize n) {
  if (lines == width && line == SIZE) {
    for (isize k = 0; k < n; k++, at += step, out += width)
      for (int v = 0; v < width; v += LANES) store(out + v, load(at + v * SIZE));
    return;
  }
  isize k = lines == width && step == SIZE ? pack_across(out, width, at, line, n) : 0;
  for (; k < n; k++)
    for (int l = 0; l < width; l++) out[k * width + l] = l < lines ? AT(at + l * line + k * step) : 0;
}

// C's tile = A's panel [n][ROWS] · B's panel [n][COLUMNS]; added to C if `add`. `vectors` is 1 or 2.
INLINE void tile(const int vectors, const NUMBER *a, const NUMBER *b, char *c, isize row, isize n, int add) {
  v128_t sums[ROWS][2];
  for (int r = 0; r < ROWS; r++)
    for (int v = 0; v < vectors; v++) sums[r][v] = add ? load(c + r * row + v * 16) : wasm_i32x4_splat(0);
  for (const NUMBER *end = a + ROWS * n; a < end; a += ROWS, b += COLUMNS)
    for (int r = 0; r < ROWS; r++) {
      v128_t x = SPLAT(a + r);
      for (int v = 0; v < vectors; v++) sums[r][v] = ADD(sums[r][v], MULTIPLY(x, load(b + v * LANES)));
    }
  for (int r = 0; r < ROWS; r++)
    for (int v = 0; v < vectors; v++) store(c + r * row + v * 16, sums[r][v]);
}

// A tile at the edge of C, or of a C without vectors in its rows: through a buffer.
static void edge_tile(const NUMBER *a, const NUMBER *b, Matrix c, isize rows, isize columns, isize n, int add) {
  NUMBER buffer[ROWS * COLUMNS];
  if (add)
    for (isize i = 0; i < ROWS; i++)
      for (isize j = 0; j < COLUMNS; j++) buffer[i * COLUMNS + j] = i < rows && j < columns ? AT(part(c, i, j).at) : 0;
  if (columns <= LANES) tile(1, a, b, (char *)buffer, COLUMNS * SIZE, n, add);
  else tile(2, a, b, (char *)buffer, COLUMNS * SIZE, n, add);
  for (isize i = 0; i < rows; i++)
    for (isize j = 0; j < columns; j++) AT(part(c, i, j).at) = buffer[i * COLUMNS + j];
}

// Numbers of A below `least_a` in magnitude, and of B below `least_b`, count as 0.
static void product(Matrix a, Matrix b, Matrix c, isize m, isize n, isize p, NUMBER least_a, NUMBER least_b) {
  NUMBER left[BAND * DEPTH], right[COLUMNS * DEPTH];
  for (isize i = 0; n == 0 && i < m; i++)
    for (isize j = 0; j < p; j++) AT(part(c, i, j).at) = 0;
  for (isize i0 = 0; i0 < m; i0 += BAND)
    for (isize k0 = 0; k0 < n; k0 += DEPTH) {
      isize band = m - i0 < BAND ? m - i0 : BAND, depth = n - k0 < DEPTH ? n - k0 : DEPTH;
      for (isize i = 0; i < band; i += ROWS)
        pack(left + i * depth, ROWS, part(a, i0 + i, k0).at, a.row, a.column, band - i < ROWS ? band - i : ROWS, depth);
      if (least_a > 0) flush(left, (band + ROWS - 1) / ROWS * ROWS * depth, least_a);
      for (isize j = 0; j < p; j += COLUMNS) {
        isize columns = p - j < COLUMNS ? p - j : COLUMNS;
        pack(right, COLUMNS, part(b, k0, j).at, b.column, b.row, columns, depth);
        if (least_b > 0) flush(right, COLUMNS * depth, least_b);
        for (isize i = 0; i < band; i += ROWS) {
          isize rows = band - i < ROWS ? band - i : ROWS;
          Matrix to = part(c, i0 + i, j);
          if (rows == ROWS && columns == COLUMNS && c.column == SIZE)
            tile(2, left + i * depth, right, to.at, c.row, depth, k0 > 0);
          else edge_tile(left + i * depth, right, to, rows, columns, depth, k0 > 0);
        }
      }
    }
}

// NumPy's gufunc (m,n),(n,p)->(m,p): counts are the number of products, m, n, p.
#define MATMUL(PRODUCT)                                                                                  \
  isize m = counts[1], n = counts[2], p = counts[3];                                                     \
  for (isize o = 0; o < counts[0]; o++) {                                                                \
    Matrix a = {args[0] + o * strides[0], strides[3], strides[4]};                                       \
    Matrix b = {args[1] + o * strides[1], strides[5], strides[6]};                                       \
    Matrix c = {args[2] + o * strides[2], strides[7], strides[8]};                                       \
    if (c.column != SIZE && c.row == SIZE) PRODUCT(transposed(b), transposed(a), transposed(c), p, n, m); \
    else PRODUCT(a, b, c, m, n, p);                                                                      \
  }
