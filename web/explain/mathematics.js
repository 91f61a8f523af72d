/** The files of the mathematics, which the Code panel shows; each builds on those before it. */
export const MATHEMATICS = ["activations.py", "losses.py", "embedding.py", "model.py", "optimizers.py"];
