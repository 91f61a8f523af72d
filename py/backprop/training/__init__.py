"""Training: steps, epochs, evaluation, stopping, divergence."""
