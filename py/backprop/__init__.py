"""Backpropagation from scratch: a neural network written by hand in NumPy, to read, train and look into."""

from .dataset import Dataset, SequenceDataset
from .model import Model
from .run_config import RunConfig
from .session import Session
from .trainer import Trainer, TrainerConfig
from .training_run import TrainingRun, TrainingRunManager

__version__ = "0.1.0"
__all__ = [
    "Dataset",
    "Model",
    "RunConfig",
    "SequenceDataset",
    "Session",
    "Trainer",
    "TrainerConfig",
    "TrainingRun",
    "TrainingRunManager",
]
