/** Lines from the operands of an explained number to it, between matrices and never across one. */

/** @typedef {{left: number, top: number, right: number, bottom: number}} Rect */
/** A region of a matrix: a cell, a row or a column. @typedef {{rect: Rect, matrix: Rect}} Area */
/** @typedef {{x: number, y: number}} Point */

/** Distance of a line from the matrices beside it, from those above it and their labels, and between two lines below. */
const BESIDE = 6;
const BELOW = 16;
const LANE = 3;

/** @param {Rect} rect @returns {Point} */
const center = ({ left, top, right, bottom }) => ({ x: (left + right) / 2, y: (top + bottom) / 2 });

/**
 * Find the corners of the line from an operand to the explained cell.
 * @param {Area} from
 * @param {Area} to
 * @param {Rect[]} matrices  all on screen
 * @param {number} lane  how many lines run below the matrices already
 * @returns {Point[] | null} null if there is no way between the matrices
 */
export function route(from, to, matrices, lane) {
  return upright(from, to, matrices) ?? sideways(from, to, matrices) ?? below(from, to, matrices, lane);
}

/** Whether a way crosses no matrix. @param {Point[]} way @param {Rect[]} matrices */
function isFree(way, matrices) {
  return way.slice(1).every((end, i) => {
    const begin = way[i];
    const [left, right] = [Math.min(begin.x, end.x), Math.max(begin.x, end.x)];
    const [top, bottom] = [Math.min(begin.y, end.y), Math.max(begin.y, end.y)];
    return !matrices.some(
      (m) => m.left < right - 0.5 && m.right > left + 0.5 && m.top < bottom - 0.5 && m.bottom > top + 0.5,
    );
  });
}

/** Straight up or down, from an operand over or under the cell. @param {Area} from @param {Area} to @param {Rect[]} matrices */
function upright(from, to, matrices) {
  const { x } = center(to.rect);
  if (x < from.rect.left || x > from.rect.right) return null;
  const isAbove = from.matrix.bottom <= to.matrix.top + 1;
  if (!isAbove && from.matrix.top < to.matrix.bottom - 1) return null;
  const way = isAbove
    ? [
        { x, y: from.matrix.bottom },
        { x, y: to.matrix.top },
      ]
    : [
        { x, y: from.matrix.top },
        { x, y: to.matrix.bottom },
      ];
  return isFree(way, matrices) ? way : null;
}

/** Through the gap between two neighbouring blocks, from a row to a row. @param {Area} from @param {Area} to @param {Rect[]} matrices */
function sideways(from, to, matrices) {
  const isLeft = from.matrix.right <= to.matrix.left + 1;
  if (!isLeft && from.matrix.left < to.matrix.right - 1) return null;
  const [out, into] = isLeft ? [from.matrix.right, to.matrix.left] : [from.matrix.left, to.matrix.right];
  const reaches = isLeft ? from.rect.right >= out - 1 : from.rect.left <= out + 1;
  if (!reaches) return null;
  const x = into + (isLeft ? -BESIDE : BESIDE);
  const [{ y: begin }, { y: end }] = [center(from.rect), center(to.rect)];
  const way = [
    { x: out, y: begin },
    { x, y: begin },
    { x, y: end },
    { x: into, y: end },
  ];
  return isFree(way, matrices) ? way : null;
}

/** Below all matrices, then up in the gap left of the cell's block. @param {Area} from @param {Area} to @param {Rect[]} matrices @param {number} lane */
function below(from, to, matrices, lane) {
  const y = Math.max(...matrices.map(({ bottom }) => bottom)) + BELOW + LANE * lane;
  const x = to.matrix.left - BESIDE;
  const end = [
    { x, y },
    { x, y: center(to.rect).y },
    { x: to.matrix.left, y: center(to.rect).y },
  ];
  const { x: column } = center(from.rect);
  const down = [{ x: column, y: from.rect.bottom }, { x: column, y }, ...end];
  if (from.rect.bottom >= from.matrix.bottom - 1 && isFree(down, matrices)) return down;
  const row = center(from.rect).y;
  const aside = from.matrix.left - BESIDE;
  const around = [{ x: from.matrix.left, y: row }, { x: aside, y: row }, { x: aside, y }, ...end];
  return from.rect.left <= from.matrix.left + 1 && isFree(around, matrices) ? around : null;
}

/** Radius of a corner. */
const RADIUS = 4;

/** The path of an SVG along these corners, rounded. @param {Point[]} way */
export function pathOf(way) {
  const bends = way.slice(1, -1).map((corner, i) => {
    const before = toward(corner, way[i]);
    const after = toward(corner, way[i + 2]);
    return `L${before.x} ${before.y}Q${corner.x} ${corner.y} ${after.x} ${after.y}`;
  });
  const end = way[way.length - 1];
  return `M${way[0].x} ${way[0].y}${bends.join("")}L${end.x} ${end.y}`;
}

/** The point near a corner on the way to another. @param {Point} corner @param {Point} other @returns {Point} */
function toward(corner, other) {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y);
  const share = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length;
  return { x: corner.x + share * (other.x - corner.x), y: corner.y + share * (other.y - corner.y) };
}
