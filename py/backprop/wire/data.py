"""The dataset of a run on the wire."""

from typing import TypedDict

from ..data.dataset import SequenceDataset
from ..data.sample import Sample
from ..limits import check_integer
from .configs import DatasetSettings
from .state import Int32s
from .summary import Floor, floor_of

MAX_ROWS = 1000  # samples in one answer


class DatasetView(TypedDict):
    """A dataset without its samples.

    Attributes
    ----------
    masters : master sequences; empty if fully random
    input_labels, output_labels : names of rows and columns: "1:a" (position:token), "a" or "M1"
    held_out : indices of the held-out samples, rising
    floor, held_out_floor : of the training samples, and of the held-out samples for a model made for them
    unique_inputs : number of distinct inputs
    """

    config: DatasetSettings
    num_samples: int
    masters: list[list[str]]
    input_labels: list[str]
    output_labels: list[str]
    vocabulary: list[str]
    num_train: int
    held_out: Int32s
    floor: Floor
    held_out_floor: Floor | None
    unique_inputs: int


def view_of(dataset: SequenceDataset) -> DatasetView:
    """Describe a dataset."""
    held_out_floor = dataset.held_out_best_possible
    return DatasetView(
        config=dataset.config,
        num_samples=len(dataset),
        masters=dataset.masters,
        input_labels=dataset.input_labels,
        output_labels=dataset.output_labels,
        vocabulary=dataset.vocabulary,
        num_train=len(dataset.train),
        held_out=dataset.held_out,
        floor=floor_of(dataset.best_possible),
        held_out_floor=held_out_floor and floor_of(held_out_floor),
        unique_inputs=dataset.unique_inputs,
    )


def samples_of(dataset: SequenceDataset, *, start: int, count: int) -> list[Sample]:
    """Return up to `count` samples from index `start` on; the typed sample, if any, comes last."""
    known = len(dataset) + (dataset.typed is not None)
    first = check_integer("start", start, 0, known - 1, reason="the samples' indices")
    last = first + check_integer("count", count, 1, MAX_ROWS)
    return [dataset.sample(index) for index in range(first, min(last, known))]
