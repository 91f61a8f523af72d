"""Single steps of training: forward, loss, backward, update."""

import math
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..data.abstract import Dataset
from ..limits import check_total
from ..losses import LOSSES
from ..model import Model
from ..optimizers import OPTIMIZERS, Optimizer
from ..updates import make
from .config import TrainerConfig
from .divergence import Divergence, find_divergence, is_finite, quiet
from .evaluation import count_correct
from .progress import Progress
from .samples import Batch, Samples
from .snapshot import Cause, Snapshot


class Stepper:
    """Make training steps on given batches of a dataset, and know the last one.

    Parameters
    ----------
    model : Model
    dataset : Dataset with the model's input_dim and output_dim
    config : TrainerConfig

    Attributes
    ----------
    samples : `Samples`, all samples as inputs and targets
    optimizer : `Optimizer`, with its state
    snapshot : `Snapshot` before the last update
    progress : `Progress`: counts, losses and times
    batch : int32 array, sample indices of the last pass, with or without update
    batch_loss : float or None, loss of the last pass
    pass_config : config in force during the last pass
    divergence : `Divergence` that prevented the last step, or None

    Raises
    ------
    ValueError
        If the dimensions of model and dataset differ, or a config value is refused.
    """

    batch: NDArray[np.int32]
    batch_loss: float | None
    divergence: Divergence | None
    optimizer: Optimizer

    def __init__(self, model: Model, dataset: Dataset, config: TrainerConfig) -> None:
        if (model.input_dim, model.output_dim) != (dataset.input_dim, dataset.output_dim):
            raise ValueError(
                f"model must have the dataset's {dataset.input_dim} inputs and {dataset.output_dim} outputs, "
                f"got {model.input_dim} and {model.output_dim}"
            )
        self.model = model
        self.dataset = dataset
        self.config = self.pass_config = self.checked(config)
        self.samples = Samples(dataset, model)
        self.snapshot = Snapshot(model.parameters)
        self.progress = Progress()
        self.batch = np.zeros(0, np.int32)
        self.batch_loss = None
        self.divergence = None
        self._is_partial = False  # whether the last pass left out dL/dx of the inputs
        self.reset_optimizer()

    def make_pass(self, batch: Batch, *, inputs: bool = True) -> float:
        """Compute logits, loss and all gradients of a batch, those of its inputs only if asked; return the loss."""
        samples, x, y = batch
        self._is_partial = False  # until it is made, it cannot be completed
        loss, grad_logits = LOSSES[self.config.loss_type](self.model.forward(x), y)
        self.model.layers[0].passes_on = inputs or self.model.embedding is not None
        self.model.backward(grad_logits)
        self.batch, self.batch_loss, self.pass_config = samples, loss, self.config
        self._is_partial = not self.model.layers[0].passes_on
        return loss

    def make_step(self, batch: Batch) -> float:
        """Make one training step and return its loss, before its update.

        Without an update if its loss, a parameter or the optimizer's state is not finite; see `divergence`. Gradients
        of the inputs are left to `complete_pass`: they are only looked at, and cost up to a fifth of a step.
        """
        loss = self.make_pass(batch, inputs=False)
        if not (math.isfinite(loss) and is_finite(self.model.parameters, self.optimizer.state)):
            self._complete_pass(self.model.parameters)
            self.divergence = self._find_divergence(loss)
            return loss
        self.snapshot.take(self.model.parameters, self.optimizer)
        self._update()
        self.snapshot.cause = self.batch, self.config
        self.progress.count(self.batch, loss)
        return loss

    def complete_pass(self) -> None:
        """Compute dL/dx of the inputs in the last pass, if its step left that out, as it was before its update."""
        self._complete_pass(self.snapshot.parameters)

    def _complete_pass(self, parameters: Array) -> None:
        """Let the first layer repeat its part of the pass with these parameters; its other gradients stay the same."""
        if not self._is_partial:
            return
        first = self.model.layers[0]
        first.passes_on, weights, self._is_partial = True, first.weights, False
        first.weights = parameters[: weights.size].reshape(weights.shape)  # the first tensor: there is no embedding
        try:
            first.backward(first.grad_activations)
        finally:
            first.weights = weights

    def _update(self) -> None:
        try:
            if self.config.is_plain:
                self.model.update(self.config.learning_rate)
            else:
                make(self.optimizer, self.config, self.model.parameters, self.model.gradients)
        except BaseException:  # an update is made as a whole or not at all
            self.snapshot.put_back(self.model.parameters, self.optimizer)
            raise

    def _find_divergence(self, loss: float) -> Divergence:
        step = self.progress.step + 1
        return find_divergence(self.model, self.optimizer, self.snapshot, step=step, loss=loss, repeat=self.repeat_pass)

    @quiet
    def repeat_pass(self, cause: Cause) -> float:
        """Repeat the pass that led to an update, with the current parameters; return its loss."""
        config, (samples, self.config) = self.config, cause
        try:
            return self.make_pass(self.samples.batch(samples))
        finally:
            self.config = config

    @property
    def batch_accuracy(self) -> float | None:
        """Accuracy of the last pass, 0 to 1; None if a sample has no prediction: its largest logit is not finite."""
        num_correct = count_correct(self.model.layers[-1].pre_activations, self.dataset.targets_of(self.batch))
        return None if num_correct is None else num_correct / len(self.batch)

    @property
    def has_updated(self) -> bool:
        """Whether the last pass led to the last update."""
        cause = self.snapshot.cause
        return cause is not None and cause[0] is self.batch

    def configure(self, **changes: Any) -> TrainerConfig:
        """Change any setting but the seed from the next step on; return the config in force.

        Changing the optimizer resets its state to zero.

        Raises
        ------
        ValueError
            If a value is out of range or the seed differs; then no setting changes.
        """
        settings = asdict(self.config)
        for name in changes:
            if name not in settings:
                raise ValueError(f"{name} must be one of the trainer's settings: {', '.join(settings)}")
        config = self.checked(replace(self.config, **changes))
        if config.seed != self.config.seed:
            raise ValueError(
                f"seed must stay {self.config.seed} during a run; create a new run to change it, got {config.seed}"
            )
        if config.batch_size < self.config.batch_size:
            self.model.buffers.free()
        is_another, self.config = config.optimizer != self.config.optimizer, config
        if is_another:
            self.reset_optimizer()
        self.optimizer.configure(asdict(config))
        return config

    def checked(self, config: TrainerConfig) -> TrainerConfig:
        """Return a config with every value checked against model and dataset, or raise ValueError."""
        config = config.validated(len(self.dataset.train))
        widths = self.model.input_dim + sum(layer.fan_out for layer in self.model.layers)
        check_total("batch_size", "activations", config.batch_size * widths, "activations of a batch")
        return config

    def reset_optimizer(self) -> None:
        """Set the optimizer's state to zero."""
        kind, size = OPTIMIZERS[self.config.optimizer], self.model.parameters.size
        self.optimizer = kind(size, self.model.dtype, **self.config.optimizer_settings)
        self.snapshot.state = {}

    def set_parameters(self, parameters: Array) -> None:
        """Restore earlier parameters and reset the optimizer: its state came from gradients at other parameters."""
        self.reset_optimizer()
        self.snapshot.cause = None
        self.model.parameters[:] = parameters
