"""Backpropagation from scratch: a neural network in plain NumPy to read, train and inspect."""

from .data.abstract import Dataset
from .data.dataset import SequenceDataset
from .model import Model
from .runs.config import RunConfig
from .runs.manager import TrainingRunManager
from .runs.run import TrainingRun
from .session import Session
from .training.config import TrainerConfig
from .training.trainer import Trainer

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
