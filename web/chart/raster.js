/** An SVG drawing as a PNG file. */

/** Pixels of the picture for one of the drawing: sharp in print and on dense screens. */
const DENSITY = 2;

/**
 * @param {string} svg
 * @param {number} width
 * @param {number} height
 * @returns {Promise<Uint8Array>}
 */
export async function rasterised(svg, width, height) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  const image = new Image(width, height);
  image.src = url;
  const canvas = document.createElement("canvas");
  canvas.width = width * DENSITY;
  canvas.height = height * DENSITY;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  await image.decode().finally(() => URL.revokeObjectURL(url));
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The browser could not make a PNG of this size");
  return new Uint8Array(await blob.arrayBuffer());
}
