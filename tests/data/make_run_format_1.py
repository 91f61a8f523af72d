"""Write run_format_1.safetensors, a run file as the first release wrote them.

It was run once. The file must never be made again: it stands for all files that people have kept.
"""

from pathlib import Path

from backprop.files.run_file import to_bytes
from backprop.runs.config import RunConfig
from backprop.runs.record import to_record
from backprop.runs.run import TrainingRun

if __name__ == "__main__":
    config = {
        "dataset": {"num_samples": 12, "vocabulary": ["a", "b", "ö"], "encoding": "embedding", "embedding_dim": 2},
        "model": {"hidden_dims": [4, 3], "dtype": "float64", "seed": 1},
        "trainer": {"batch_size": 5, "optimizer": "adam", "learning_rate": 0.02},
    }
    run = TrainingRun(
        RunConfig.from_dict(config), "Released · 一", run_id="released-1", created="2026-11-23T12:00:00+00:00"
    )
    run.advance(20)
    run.configure(learning_rate=0.01, clip_norm=0.5)
    run.advance(24)
    run.run_single()
    run.measure()
    Path(__file__).with_name("run_format_1.safetensors").write_bytes(to_bytes(to_record(run)))
