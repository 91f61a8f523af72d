"""The recorded losses of the presets, for their pictures in New run; `python -m tools.preset_losses` writes them."""

import math

from backprop.session import Session
from tools.places import ROOT

PLACE = ROOT / "web" / "runs" / "preset_losses.js"
STEPS = 120
POINTS = 30


def recorded() -> dict[str, list[float]]:
    """Train each preset and return the means of its batch losses, in `POINTS` equal parts of `STEPS` steps."""
    losses = {}
    for preset in Session().presets():
        session = Session()
        made = session.create_run(config=preset["config"])[-1]["id"]
        while session.advance(id=made, steps=STEPS, picture="none")["stopped"] is None:
            if next(run["step"] for run in session.runs() if run["id"] == made) >= STEPS:
                break
        curve = next(run["losses"] for run in session.run_losses() if run["id"] == made)
        values = [point["loss"] for point in curve][:STEPS]
        losses[preset["name"]] = parts(values)
    return losses


def parts(values: list[float]) -> list[float]:
    """Return the means of equal parts, to 3 digits, without those that are not finite."""
    each = max(1, len(values) // POINTS)
    means = [sum(some) / len(some) for some in (values[i : i + each] for i in range(0, len(values), each))]
    return [float(f"{mean:.3g}") for mean in means if math.isfinite(mean)]


def text(losses: dict[str, list[float]]) -> str:
    """Return the module that the page imports."""
    rows = "".join(f'  {name}: "{" ".join(map(str, values))}",\n' for name, values in losses.items())
    return (
        f"/** Recorded losses of the presets: {STEPS} steps in Python, written by tools/preset_losses.py. */\n\n"
        "/** Means of equal parts of the steps, separated by spaces. @type {Record<string, string>} */\n"
        f"export const PRESET_LOSSES = {{\n{rows}}};\n"
    )


if __name__ == "__main__":
    PLACE.write_text(text(recorded()), encoding="utf-8")
