"""Writes golden_*.json: the losses of the first 200 steps of the default configuration, in float64 and in float32.

    python tests/data/make_golden.py

Run by hand, and only when the arithmetic of training is meant to change: these files are what "the same everywhere"
means.
"""

import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
STEPS = 200


def main() -> None:
    sys.path.insert(0, str(HERE.parents[1] / "py"))
    from backprop.session import Session  # noqa: PLC0415  # found on the path just set

    for dtype in ("float64", "float32"):
        session = Session()
        run = next(run for run in session.create_run(config={"model": {"dtype": dtype}}) if run["active"])
        session.advance(id=run["id"], steps=STEPS)
        curve = session.loss_curves(ids=[run["id"]])[0]  # 200 points, one for each step
        content = {"numpy": np.__version__, "config": run["config"], "losses": curve["mean"].tolist()}
        path = HERE / f"golden_{dtype}.json"
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        print(f"{path.name}: from {content['losses'][0]:.6f} to {content['losses'][-1]:.6f}")


if __name__ == "__main__":
    main()
