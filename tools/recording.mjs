// Records the first run of the default network, in Pyodide in Node: see tools/recording.py for the format.
//
//   node tools/recording.mjs PACKAGES WHEEL OUT     our package's folder, NumPy's wheel, the file to write
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadPyodide } from "pyodide";

const RECORD = `
import json
import sys

import numpy as np

sys.path.insert(0, "/packages")
from backprop.session import Session

FRAMES = 24
STEPS_APART = 3


def quantized(values, scale):
    """Return one byte for each number, in the symmetric logarithm (Webber 2013)."""
    reach = max(abs(scale["min"]), abs(scale["max"]))
    threshold = scale["magnitude_p25"] or reach
    bent = np.sign(values) * np.log1p(np.abs(values) / threshold)
    return np.rint(128 + 127 * bent / np.log1p(reach / threshold)).astype(np.uint8)


def plain(value):
    """Return an answer without NumPy's types, as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def record():
    session = Session()
    run = session.runs()[0]["id"]
    frames, numbers, layout = [], [], None
    for _ in range(FRAMES):
        frame = session.advance(id=run, steps=STEPS_APART, layout_id=None)
        layout = frame["layout"]
        border = layout["backward"][0]["offset"]
        numbers.append(quantized(frame["values"][:border], frame["forward_scale"]))
        numbers.append(quantized(frame["values"][border:], frame["backward_scale"]))
        names = ("step", "loss", "accuracy", "batch", "forward_scale", "backward_scale")
        frames.append({name: plain(frame[name]) for name in names})
    dataset = session.dataset()
    about = {
        "layout": layout,
        "frames": frames,
        "dataset": dataset,
        "samples": session.inspect_samples(count=dataset["num_samples"]),
    }
    return json.dumps(plain(about)).encode(), np.concatenate(numbers).tobytes()


HEADER, FRAMES_BYTES = record()
`;

process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
const [packages, wheel, out] = process.argv.slice(2);
const pyodide = await loadPyodide();
await pyodide.loadPackage(resolve(wheel), { messageCallback: () => {} });
pyodide.mountNodeFS("/packages", resolve(packages));
pyodide.runPython(RECORD);
const [header, frames] = ["HEADER", "FRAMES_BYTES"].map((name) => pyodide.globals.get(name).toJs());
const length = new Uint8Array(new Uint32Array([header.length]).buffer);
writeFileSync(out, Buffer.concat([length, header, frames]));
