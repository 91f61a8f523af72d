/** Loss curves as a table for other programs. */

/** @typedef {import("./draw/loss_line.js").LossLine} LossLine */

const HEADER = ["run", "step", "epoch", "time [s]", "min loss", "mean loss", "max loss", "smoothed loss", "unit"];

/**
 * A line for every point, as RFC 4180 has it. Numbers are written so that they are read back exactly.
 * @param {LossLine[]} lines @param {Record<string, string>} units  run id → unit of its losses
 * @returns {string}
 */
export function lossCsv(lines, units) {
  const rows = lines.flatMap(({ curve, smoothed }) => {
    const { id, name, step, epoch, seconds, min, mean, max } = curve;
    const [run, unit] = [quoted(name), quoted(units[id])];
    return Array.from(step, (_, i) => [run, step[i], epoch[i], seconds[i], min[i], mean[i], max[i], smoothed[i], unit]);
  });
  return [HEADER, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

/** A spreadsheet takes what begins like a formula for one, unless an apostrophe stands before it. @param {string} text */
function quoted(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
