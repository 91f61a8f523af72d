/**
 * The wire: every call that the page can make, its parameters and its answer. Written by `python -m tools.api_types`
 * from `Session` (py/backprop/session.py, calls/); the messages that carry calls are in engine/protocol.d.ts.
 *
 * Names stay Python's. Arrays are flat, little-endian typed arrays, row by row. A refused value is an error named
 * `ValueError` whose message begins with the field's name: "batch_size must be …".
 */

/** In the precision of the run: the very numbers that it computed with. */
export type Numbers = Float32Array | Float64Array;
/** MathML as a tree: an element's name and its children. */
export type MathTree = [string, ...(string | MathTree)[]];
export type Mode = "train" | "visualize";
/** Whether tokens are a sample, and of which part of the dataset. */
export type Known = "new" | "training" | "held_out";
/** A vector of an optimizer's state, such as "velocity". */
export type StateVector = string;
type NoParams = Record<string, never>;
export type ActivationName = "gelu" | "gelu_exact" | "relu" | "tanh" | "sigmoid" | "silu" | "identity";
export type LossType = "cross_entropy" | "mse";
export type OptimizerName = "sgd" | "momentum" | "nesterov" | "adam" | "rmsprop";

/** The state of a run, with every tensor. */
export interface State {
  run_id: string;
  /** updates so far */
  step: number;
  /** whether the last pass was followed by an update */
  mode: Mode;
  /** passes over the data so far: samples visited ÷ num_train */
  epoch: number;
  /** of the last batch; null before the first, NaN or infinite in a diverged run */
  loss: number | null;
  /** of the last batch, 0 to 1; null if a sample has no prediction */
  accuracy: number | null;
  metrics: Metrics | null;
  /** training time of the last complete epoch, milliseconds */
  epoch_ms: number | null;
  /** training time so far */
  seconds: number;
  stopped: Stop | null;
  /** indices of the samples of the last batch */
  batch: Int32Array;
  forward: Column;
  backward: Column;
  optimizer: OptimizerState;
}
/** Loss and accuracy over all training samples, and over all held-out samples if any, at one step. */
export interface Metrics {
  step: number;
  loss: number;
  /** null if the largest logit of a sample is not finite */
  accuracy: number | null;
  held_out_loss: number | null;
  held_out_accuracy: number | null;
}
/** The reason and circumstances of an automatic stop. */
export interface Stop {
  /** "early_stopping", "target", "max_epochs" or "diverged" */
  reason: string;
  step: number;
  epoch: number;
  /** monitored metric; null for "diverged" */
  monitor: string | null;
  /** patience, target or maximum number of epochs, according to the reason */
  limit: number | null;
  min_delta: number | null;
  /** last value of the metric for "target" */
  value: number | null;
  /**
   * best epoch seen by early stopping, null if that is off; for "diverged", the best epoch of
   * the run if its weights had to be restored
   */
  best_step: number | null;
  best_value: number | null;
  /** whether weights were restored: those of `best_step`, or the initial ones without it */
  restored: boolean;
  /**
   * of a diverged run, the first tensor with a non-finite number ("loss" if it is the loss), and
   * the step that computed it, if known
   */
  tensor: string | null;
  tensor_step: number | null;
  /** metric measured with the restored weights; null before it is measured, NaN if unknown */
  restored_value: number | null;
  /** whether the optimizer's state was reset to zero */
  optimizer_reset: boolean;
  /** the reason in words */
  sentence: string;
}
/** All tensors of the forward or of the backward pass, and their scale. */
export interface Column {
  tensors: Tensor[];
  scale: Scale;
}
/** A matrix, or a bias vector of shape [fan_out], in the precision of its run. */
export interface Tensor {
  name: string;
  shape: number[];
  /** row by row */
  data: Numbers;
}
/** Quantiles of the finite numbers of a tensor; all zero without any. */
export interface Scale {
  /** minimum, quartiles, maximum */
  min: number;
  p25: number;
  p50: number;
  p75: number;
  max: number;
  /** lower quartile of the magnitudes that are not zero; 0 without any */
  magnitude_p25: number;
  /** how many numbers are NaN or infinite */
  not_finite: number;
}
/** State of the optimizer: `layers/0/velocity_weights` and so on, with a scale for each vector of the state. */
export interface OptimizerState {
  tensors: Tensor[];
  scales: Record<string, Scale>;
}
/** Progress of a run after a slice, with its tensors. */
export interface Frame {
  run_id: string;
  /** updates so far */
  step: number;
  /** whether the last pass was followed by an update */
  mode: Mode;
  /** passes over the data so far: samples visited ÷ num_train */
  epoch: number;
  /** of the last batch; null before the first, NaN or infinite in a diverged run */
  loss: number | null;
  /** of the last batch, 0 to 1; null if a sample has no prediction */
  accuracy: number | null;
  metrics: Metrics | null;
  /** training time of the last complete epoch, milliseconds */
  epoch_ms: number | null;
  /** training time so far */
  seconds: number;
  stopped: Stop | null;
  /** indices of the samples of the last batch */
  batch: Int32Array;
  /** wall time of the training, without the frame, in milliseconds */
  slice_ms: number;
  /** updates of each run that was not ahead of its twins */
  slice_steps: number;
  /** whether samples are still to be measured: the next call continues with that */
  measuring: boolean;
  /** whether the run and its twins have stopped, and everything is measured */
  ended: boolean;
  layout_id: string;
  /** null if it is the one named by `layout_id` in the call */
  layout: Layout | null;
  values: Numbers;
  forward_scale: Scale;
  backward_scale: Scale;
  optimizer_scales: Record<string, Scale>;
}
/** Where each tensor lies in a frame: `values.subarray(offset, offset + product(shape))`. */
export interface Layout {
  forward: Place[];
  backward: Place[];
  optimizer: Place[];
}
/** Where one tensor lies in a frame. */
export interface Place {
  name: string;
  shape: number[];
  offset: number;
}
/**
 * Progress of a run after a slice.
 *
 * A slice without a step either spent its time on measuring, with more to measure, or found that all runs have
 * stopped.
 */
export interface Slice {
  run_id: string;
  /** updates so far */
  step: number;
  /** whether the last pass was followed by an update */
  mode: Mode;
  /** passes over the data so far: samples visited ÷ num_train */
  epoch: number;
  /** of the last batch; null before the first, NaN or infinite in a diverged run */
  loss: number | null;
  /** of the last batch, 0 to 1; null if a sample has no prediction */
  accuracy: number | null;
  metrics: Metrics | null;
  /** training time of the last complete epoch, milliseconds */
  epoch_ms: number | null;
  /** training time so far */
  seconds: number;
  stopped: Stop | null;
  /** indices of the samples of the last batch */
  batch: Int32Array;
  /** wall time of the training, without the frame, in milliseconds */
  slice_ms: number;
  /** updates of each run that was not ahead of its twins */
  slice_steps: number;
  /** whether samples are still to be measured: the next call continues with that */
  measuring: boolean;
  /** whether the run and its twins have stopped, and everything is measured */
  ended: boolean;
}
/** Training settings. All but the seed can change during a run, without a reset. */
export interface TrainerConfig {
  /** step size, as a multiple of the gradient */
  learning_rate: number;
  /** samples per step, at most the number of training samples */
  batch_size: number;
  /** "cross_entropy" or "mse", see `losses` */
  loss_type: LossType;
  /** seed of the generator that shuffles the samples in each epoch */
  seed: number;
  /** a name in `optimizers.OPTIMIZERS`; changing it resets the optimizer's state to zero */
  optimizer: OptimizerName;
  /** λ; each step first shrinks every parameter by the fraction learning_rate · λ */
  weight_decay: number;
  /** maximum norm of all gradients together in an update; null for no limit */
  clip_norm: number | null;
  /** those of optimizers: see `Schema` */
  [setting: string]: string | number | null;
}
/** Stopping settings. All of them can change during a run. */
export interface StoppingConfig {
  /** whether to stop when the monitored metric has not improved for `patience` epochs */
  early_stopping: boolean;
  /** metric at the end of each epoch that decides which epoch is best: one of `MONITORS` */
  monitor: string;
  /** "min" (lower is better), "max" (higher is better) or "auto" (lower for a loss, higher for an accuracy) */
  mode: string;
  /** minimum improvement that counts for early stopping, exclusive */
  min_delta: number;
  /** epochs without improvement before early stopping */
  patience: number;
  /** whether a run with early stopping restores its best weights at any stop but divergence */
  restore_best_weights: boolean;
  /** number of epochs, from the start of the run, that early stopping ignores */
  start_from_epoch: number;
  /** value of the metric at which to stop; null for no target */
  target: number | null;
  /** epochs of the run after which to stop; null for no limit */
  max_epochs: number | null;
}
/** A run, without its tensors. */
export interface RunSummary {
  id: string;
  name: string;
  active: boolean;
  /** ISO 8601, UTC */
  created: string;
  config: RunConfig;
  step: number;
  epoch: number;
  /** of the last update's batch, before the update */
  loss: number | null;
  metrics: Metrics | null;
  epoch_ms: number | null;
  /** training time so far */
  seconds: number;
  /**
   * end of the best epoch, its loss and accuracy on the monitored
   * samples, and the metric that decides
   */
  best_step: number | null;
  best_loss: number | null;
  best_accuracy: number | null;
  best_value: number | null;
  /** of the training samples, and of the held-out samples for a model made for them */
  floor: Floor;
  held_out_floor: Floor | null;
  stopped: Stop | null;
  /** all automatic stops, oldest first; of very many the newest */
  stops: StopFlag[];
  /** number of parameters */
  parameters: number;
  /** number of training samples */
  num_train: number;
  /** widths from input to output */
  shape: number[];
  archived: boolean;
  /** ids of the runs with the same initial weights, samples and sample order */
  twins: string[];
  /**
   * common to the run and its twins by their hashes: "batches", the same start and as many steps on the same
   * batches; "order", the same start and as many steps in other batches; "start", the same start only
   */
  proven: "batches" | "order" | "start" | null;
  /** changes of settings, oldest first; of very many the newest */
  marks: Mark[];
  /** the learner's code, if any */
  code: CodeSummary;
}
/** All settings of a run. */
export interface RunConfig {
  dataset: SequenceConfig;
  model: ModelConfig;
  trainer: TrainerConfig;
  stopping: StoppingConfig;
}
/** Validated options of a `SequenceDataset`, and the dimensions that follow; generates no samples. */
export interface SequenceConfig {
  vocabulary: string[];
  sequence_length: number;
  num_samples: number;
  task: string;
  encoding: string;
  embedding_dim: number;
  master_sequences: string[][] | null;
  num_master_sequences: number | null;
  master_sequence_length: number | [number, number];
  seed: number;
  held_out: number;
  held_out_by: string;
}
/** Options of a `Model` that do not follow from the dataset. */
export interface ModelConfig {
  hidden_dims: number[];
  activation: ActivationName;
  seed: number;
  dtype: string;
  initialization: string;
}
/** The best that any model can reach on some samples: smallest mean loss of each type, and largest accuracy. */
export interface Floor {
  cross_entropy: number;
  mse: number;
  accuracy: number;
}
/** An automatic stop, as far as a chart shows it. */
export interface StopFlag {
  step: number;
  epoch: number;
  reason: string;
  /** whether weights were restored */
  restored: boolean;
  sentence: string;
}
/** A setting that was changed after `step` updates. */
export interface Mark {
  step: number;
  /** the setting; "weights" if earlier ones were restored, "best" or "first" */
  field: string;
  from: string | number | null;
  to: string | number | null;
}
/** The code of a run in brief. */
export interface CodeSummary {
  trained_by: "ours" | "mine" | "waiting";
  /** whether the drafts differ from the version in force */
  edited: boolean;
  /** first and last step of each stretch that was trained with wrong gradients */
  wrong: number[][];
}
/** Settings of a new run; those that are left out take their defaults. */
export interface PartialRunConfig {
  dataset?: Partial<SequenceConfig>;
  model?: Partial<ModelConfig>;
  trainer?: Partial<TrainerConfig>;
  stopping?: Partial<StoppingConfig>;
}
/** All runs of a sweep, the last setting varying fastest, and the sum of their steps. */
export interface SweepPlan {
  runs: PlannedRun[];
  steps: number;
}
/** A run of a sweep before it is created: its name, its config, and the sizes that follow from it. */
export interface PlannedRun {
  /** the settings in which the runs differ: "lr 0.03, hidden 32-32, seed 1" */
  name: string;
  /** all settings; `stopping.max_epochs` ends the run */
  config: RunConfig;
  /** number of parameters */
  parameters: number;
  /** updates in all epochs; a run that stops early makes fewer */
  steps: number;
}
/** The loss history of a run, point by point. */
export interface RunLosses {
  id: string;
  name: string;
  losses: LossPoint[];
}
/** A loss at one step, or the mean over several. */
export interface LossPoint {
  step: number;
  epoch: number;
  loss: number;
}
/**
 * A loss history for drawing, each point over one or more steps; the last is the newest step, exactly.
 *
 * It is smoothed at the run's own resolution, independent of the number of points.
 */
export interface LossCurve {
  id: string;
  name: string;
  step: Float64Array;
  epoch: Float64Array;
  seconds: Float64Array;
  min: Float64Array;
  mean: Float64Array;
  max: Float64Array;
  /** mean over the steps' batches, before their updates, 0 to 1 */
  accuracy: Float64Array;
  /** weight of each earlier step in `smoothed`, the moving average over all steps of the run, at `step` */
  smoothing: number;
  smoothed: Float64Array;
}
/**
 * Metrics at the end of epochs: of all, later of every 2nd, 4th …, and of the last; NaN without a value.
 *
 * Loss and accuracy of the training samples are means over the epoch, each at the time of its visit.
 */
export interface EpochCurve {
  id: string;
  name: string;
  epoch: Float64Array;
  step: Float64Array;
  seconds: Float64Array;
  train_loss: Float64Array;
  train_accuracy: Float64Array;
  held_out_loss: Float64Array;
  held_out_accuracy: Float64Array;
  /** weight of each earlier epoch in `smoothed_accuracy`, the moving average of `train_accuracy` */
  smoothing: number;
  smoothed_accuracy: Float64Array;
}
/** Runs, curves and, if requested, inspections of the active run, at one moment. */
export interface Overview {
  runs: RunSummary[];
  curves: LossCurve[];
  epochs: EpochCurve[];
  flow: GradientFlow | null;
  confusion: Confusion | null;
  state: State | null;
}
/** Sizes of gradients, weights and updates, layer by layer; NaN without a value. */
export interface GradientFlow {
  run_id: string;
  /** updates so far */
  step: number;
  mode: Mode;
  /** "embedding", "layers/0", … */
  layers: string[];
  /** "grad_norm", "weight_norm", "update_ratio", …: the columns of `now`, one row for each layer */
  quantities: string[];
  /** number of samples on which flat and dead units are counted */
  probe: number;
  now: Float64Array;
  /** steps from one of `steps` to the next */
  stride: number;
  /** earlier steps, and for each of them a table as `now`; empty with `series: false` */
  steps: Float64Array;
  values: Float64Array;
  warnings: FlowWarning[];
}
/** A problem of a run, and a cell of a gradient that shows it. */
export interface FlowWarning {
  kind: string;
  text: string;
  tensor: string;
  row: number;
  col: number;
}
/**
 * Confusion matrices, row by row: rows are true classes, columns predicted ones.
 *
 * A sample whose largest logit is not finite has no prediction and is not counted.
 */
export interface Confusion {
  run_id: string;
  /** updates so far */
  step: number;
  labels: string[];
  train: Int32Array;
  held_out: Int32Array | null;
  num_train: number;
  num_held_out: number;
}
/** Explanation of one number of the last pass. */
export interface Explanation {
  run_id: string;
  /** updates so far */
  step: number;
  cell: Cell;
  partner: Cell | null;
  dtype: string;
  kind: string;
  sentence: string;
  over: string;
  terms: Term[];
  count: number;
  left_out: LeftOut | null;
  sum: number;
  difference: number;
  bound: number;
  function: Curve | null;
  softmax: Factor[] | null;
  stale: boolean;
  note: string;
  regions: Region[];
  formula: WrittenFormula;
  code: Line[];
  /** functions among `code` that ran as one compiled loop, in all steps of the run */
  compiled: string[];
}
/** One number on the page. `value` is its current value; a bias vector has the single row 0. */
export interface Cell {
  tensor: string;
  row: number;
  col: number;
  value: number;
}
/** One product. `index` is its position in the sum: index of the sample, input, unit or occurrence. */
export interface Term {
  label: string;
  index: number;
  factors: Factor[];
  product: number;
}
/**
 * One factor of a term: `value` is the number in the product, `cell` its source, null for a constant.
 *
 * The values differ if the factor is a function of the cell (f′(z), m̂; `is_function` is true), or if the cell was
 * updated since.
 */
export interface Factor {
  symbol: string;
  value: number;
  cell: Cell | null;
  is_function: boolean;
}
/** Number and sum of the smallest terms, if there are too many to list. */
export interface LeftOut {
  count: number;
  sum: number;
}
/** An activation function at one point, for a drawing with its tangent: a = f(z), slope = f′(z). */
export interface Curve {
  name: ActivationName;
  z: number;
  a: number;
  slope: number;
}
/** Contributing cells: one, a whole row (`col` is null), a whole column (`row` is null), or a whole tensor. */
export interface Region {
  tensor: string;
  row: number | null;
  col: number | null;
}
/** A formula as MathML (see `mathml`) and as a line of text, and the tensor of each symbol. */
export interface WrittenFormula {
  math: MathTree;
  text: string;
  symbols: Record<string, string>;
}
/** One line of a file of this package; `file` is a path for `read_file`, `function` the function of the line. */
export interface Line {
  file: string;
  line: number;
  text: string;
  function: string;
}
/** The last pass, phase by phase. */
export interface Phases {
  run_id: string;
  /** updates so far */
  step: number;
  /** indices of its samples */
  batch: Int32Array;
  /** of the batch */
  loss: number;
  phases: Phase[];
  /** of the first samples of the batch */
  losses: SampleLoss[];
  /** of each parameter tensor by the update that followed; null without one */
  changes: Change[] | null;
  /** functions that ran as one compiled loop, in all steps of the run */
  compiled: string[];
}
/** A part of one training step: "batch", "forward", "loss", "backward" or "update", with its moments in order. */
export interface Phase {
  title: string;
  sentence: string;
  formulas: WrittenFormula[];
  code: Line[];
  tensors: string[];
  phase: string;
  moments: Moment[];
}
/** A part of a phase: `tensors` are the names of the tensors that it computes, in order. */
export interface Moment {
  title: string;
  sentence: string;
  formulas: WrittenFormula[];
  code: Line[];
  tensors: string[];
}
/** Scores and loss of one sample; of more than `MAX_CLASSES` classes, the target and those with largest logits. */
export interface SampleLoss {
  name: string;
  target: number;
  scores: Score[];
  loss: number;
}
/** Logit of one class for one sample. `probability` is its softmax; null if the loss does not use it. */
export interface Score {
  index: number;
  logit: number;
  probability: number | null;
}
/** Change of one parameter tensor by an update: flat arrays, row by row; before + change is the current value. */
export interface Change {
  name: string;
  before: Numbers;
  change: Numbers;
}
/** A parameter's gradient of the last pass, by sample. */
export interface SampleLens {
  run_id: string;
  /** updates so far */
  step: number;
  tensor: string;
  shape: number[];
  batch: number;
  start: number;
  names: string[];
  parts: Numbers;
  gradient: Numbers;
  left: Numbers;
  muted: number[];
  loss: NextLoss | null;
  /** of all training samples around the update; null if measuring takes long, or the loss was changed */
  training_loss: NextLoss | null;
}
/** A loss before the update, after the update by the whole batch, and after one without the muted samples. */
export interface NextLoss {
  now: number;
  whole: number;
  left: number;
}
/** Distribution of a tensor, now and at earlier steps. */
export interface Distributions {
  run_id: string;
  /** updates so far */
  step: number;
  tensor: string;
  /** those of each distribution: 0, 0.01, 0.05, … 1 */
  quantiles: number[];
  now: Distribution;
  /** step of the first request; earlier ones are not known */
  since: number;
  past: PastDistributions;
}
/** Distribution of the finite numbers of a tensor: `counts` in bins of equal width from `low` to `high`. */
export interface Distribution {
  size: number;
  finite: number;
  mean: number;
  std: number;
  quantiles: Float64Array;
  low: number;
  high: number;
  counts: Int32Array;
}
/** Distributions at earlier steps, each field one after the other. */
export interface PastDistributions {
  steps: Float64Array;
  finite: Float64Array;
  low: Float64Array;
  high: Float64Array;
  counts: Int32Array;
  quantiles: Float64Array;
}
/** Outputs of a model for one typed input. */
export interface Prediction {
  run_id: string;
  step: number;
  tokens: string[];
  outputs: Float64Array;
  /** softmax of the outputs; null with MSE, whose outputs are no logits, and if an output is not finite */
  probabilities: Float64Array | null;
  /** class with the largest output; null if that is not finite */
  predicted: string | null;
  /** whether a sample has this input: "new", "training" or "held_out" */
  known: Known;
  /** target of the first such sample */
  target: string | null;
}
/** Generated tokens. */
export interface Generation {
  run_id: string;
  step: number;
  start: string[];
  tokens: string[];
  /** one row for each token, the probabilities at temperature 1; null as in `Prediction` */
  outputs: Float64Array;
  probabilities: Float64Array | null;
  /** whether each token with its input is a sample: "new", "training" or "held_out" */
  known: Known[];
}
/** A file of this package, and its text. */
export interface SourceFile {
  file: string;
  text: string;
}
/** The code of a run. */
export interface RunCode {
  run_id: string;
  files: CodeFile[];
  /** "waiting": a version came with a file or a link and has not been run here; until it is, no step is made */
  trained_by: "ours" | "mine" | "waiting";
  /** whether the drafts differ from the version in force */
  edited: boolean;
  /** SHA-256 of the version in force, or of the one that waits; "" for ours */
  version: string;
  error: CodeError | null;
}
/** A file of the mathematics. */
export interface CodeFile {
  file: string;
  /** our text, as it runs */
  ours: string;
  /** the draft, or null without one */
  mine: string | null;
  /** text of the version in force, or of the one that waits, if it is not ours */
  running: string | null;
}
/** The last failure of the learner's code. */
export interface CodeError {
  /** "syntax", "exception", "result" (it returned what cannot be used) or "time" (it was stopped) */
  kind: string;
  /** one sentence, without its place */
  message: string;
  file: string | null;
  /** from 1 */
  line: number | null;
}
/** The gradient check of the code that trains a run, in float64. */
export interface CodeCheck {
  run_id: string;
  /** updates so far */
  step: number;
  verdicts: TensorVerdict[];
}
/** The verdict on one gradient, over all points. */
export interface TensorVerdict {
  /** name of the gradient, as in a frame */
  tensor: string;
  /** "wrong" if it is wrong at some point; "too_small": it cannot be checked by differences */
  verdict: "right" | "wrong" | "too_small";
  /** ‖mine - numeric‖ / (‖mine‖ + ‖numeric‖) at the point that decided */
  relative_error: number;
  /** the number with the largest difference there */
  worst: CheckedCell | null;
  /** numbers that were compared, at all points together */
  cells: number;
  /** reason → numbers that were not compared */
  left_out: Record<string, number>;
  /** the point that decided */
  where: string;
}
/** One number of a gradient: by the learner's code, and by differences of the loss. */
export interface CheckedCell {
  index: number[];
  mine: number;
  numeric: number;
}
/** |mine - numeric| of one gradient, row by row; NaN where nothing was compared. */
export interface Difference {
  run_id: string;
  /** updates so far */
  step: number;
  tensor: string;
  shape: number[];
  data: Float64Array;
}
/** Two runs with the same start. */
export interface Comparison {
  /** updates after which their losses differ for the first time, or null */
  parted_after: number | null;
  /** whether that number is exact; otherwise it is at most that, since the history holds means over several steps */
  exact: boolean;
  /** updates that both have made */
  steps: number;
  /** parameters and gradients as they are now; empty if the runs are at different steps */
  tensors: TensorPair[];
}
/** The difference of a tensor between two runs: ‖a - b‖ / max(‖a‖, ‖b‖). */
export interface TensorPair {
  tensor: string;
  difference: number;
}
/** A dataset without its samples. */
export interface DatasetView {
  config: SequenceConfig;
  num_samples: number;
  /** master sequences; empty if fully random */
  masters: string[][];
  /** names of rows and columns: "1:a" (position:token), "a" or "M1" */
  input_labels: string[];
  output_labels: string[];
  vocabulary: string[];
  num_train: number;
  /** indices of the held-out samples, rising */
  held_out: Int32Array;
  /** of the training samples, and of the held-out samples for a model made for them */
  floor: Floor;
  held_out_floor: Floor | null;
  /** number of distinct inputs */
  unique_inputs: number;
}
/** A sample of a dataset. */
export interface Sample {
  index: number;
  /** whether it is never trained on */
  held_out: boolean;
  /** tokens and name of the class */
  input: string[];
  target: string;
  /** master sequence, and position in it; null if fully random */
  master: number | null;
  position: number | null;
  /** `adda → c  (M2: addaccad, position 0)` */
  text: string;
}
/** A checked config, before its run is created, and the sizes that follow from it. */
export interface Plan {
  config: RunConfig;
  input_dim: number;
  output_dim: number;
  /** widths from input to output */
  shape: number[];
  /** number of parameters */
  parameters: number;
  num_samples: number;
  /** number of training samples */
  num_train: number;
  steps_per_epoch: number;
}
/** A config to start from. */
export interface Preset {
  name: string;
  title: string;
  text: string;
  config: PartialRunConfig;
  /** kinds of warnings that it raises with any seed */
  warnings: string[];
}
/** All settings in the order of forms, the optimizers' short names, and the vectors of their states. */
export interface Schema {
  settings: SettingWords[];
  optimizers: Record<string, string>;
  vectors: Record<string, VectorWords>;
}
/** A setting: `settings.Setting`, without what is of use in Python only. */
export interface SettingWords {
  /** "model", "trainer", "dataset" or "stopping" */
  section: string;
  name: string;
  label: string;
  kind: string;
  default: string | number | boolean | (string | number)[] | null;
  choices: Record<string, string> | null;
  none: string | null;
  short: string;
  key: string;
  hint: string;
  twin: boolean;
  brief: boolean;
  /** the optimizers that have it; null if it is none of theirs */
  of: string[] | null;
}
/** A vector of an optimizer's state: `optimizers.StateVector`. */
export interface VectorWords {
  title: string;
  short: string;
  formula: string;
}
/** Result of the self-test. */
export interface SelfTest {
  passed: boolean;
  /** method and result, in one sentence */
  message: string;
  loss: number;
  tolerance: number;
  gradients: GradientCheck[];
  python: string;
  numpy: string;
}
/** Result of the check of one gradient. */
export interface GradientCheck {
  name: string;
  /** ‖a − n‖ / (‖a‖ + ‖n‖), for gradients a and differences n of the loss */
  relative_error: number;
  /** "right", "wrong" or "too small to be checked" */
  verdict: string;
}
/** The loops in force. */
export interface LoopsState {
  /** "plain", NumPy's own, or "simd 1" */
  name: string;
  /** whether there is a choice */
  available: boolean;
  /** why there is none */
  reason: string;
}
/** A run as bytes, in a strict profile of safetensors. */
export interface RunFile {
  bytes: Uint8Array;
  file_name: string;
  step: number;
  crc32: number;
}
/** A run file without the long part of its history, and the rows of that history, both of one moment. */
export interface Checkpoint {
  bytes: Uint8Array;
  file_name: string;
  step: number;
  crc32: number;
  history: HistoryRows;
}
/** Rows of seven numbers: step, epoch, seconds, min, mean, max, accuracy. */
export interface HistoryRows {
  /**
   * until it changes, rows are only added, so that each needs to be written only once; then all rows, which
   * replace those of earlier generations, are returned
   */
  generation: number;
  values: Float64Array;
  /** index of the first row */
  start: number;
}
/** Rows of a history, all from the first on, as in `HistoryRows`. */
export interface SavedHistory {
  generation: number;
  values: Float64Array;
}
/** A text to save. */
export interface TextFile {
  text: string;
  file_name: string;
}
/** The course. */
export interface Course {
  exercises: CourseEntry[];
  /** number of cases of the bug clinic */
  cases: number;
  /** steps that the default run is trained for with all solutions */
  steps: number;
}
/** One exercise in the list of all; `used_by_network`: whether its solution can compute inside a network. */
export interface CourseEntry {
  number: number;
  name: string;
  title: string;
  used_by_network: boolean;
}
/** One exercise. */
export interface Task {
  number: number;
  /** name of the exercise, and of the learner's file without `.py` */
  name: string;
  title: string;
  /** the task, as Markdown: paragraphs, indented formulas, and code between backticks */
  statement: string;
  /** the prediction before the first run */
  question: string;
  options: string[];
  /** the file to begin with */
  stub: string;
  /** lines of this package to hide while the exercise is open */
  answers: AnswerLines[];
}
/** Consecutive lines of a file of this package that answer an exercise, counted from 1, and their text. */
export interface AnswerLines {
  file: string;
  first: number;
  last: number;
  text: string;
}
/** The answer to a prediction: the index of the right option, and why it is right. */
export interface Outcome {
  right: number;
  why: string;
}
/** One rung of help: "factor", "place", "lines" (shuffled lines of the answer) or "answer". */
export interface Hint {
  rung: string;
  text: string;
}
/** The result of a check. */
export interface SolutionReport {
  solved: boolean;
  /** the first stage that failed: "syntax", "exception", "time", "result", "forward", "gradient" or "edge"; or "" */
  stage: string;
  message: string;
  /** the line of the failure in the learner's file, or null */
  line: number | null;
  /** description of the call that failed, or "" */
  case: string;
  tensors: CheckedTensor[];
  /** sentence about a known mistake, if the results are exactly those of one */
  slip: string | null;
}
/** The verdict on one array that a solution returned. */
export interface CheckedTensor {
  name: string;
  /** "right", "close" or "wrong" */
  verdict: string;
  relative_error: number;
  /** the first wrong numbers */
  cells: WrongNumber[];
  /** numbers that were not compared, such as those at a kink */
  skipped: number;
  /** of the array; an empty list for a text */
  shape: number[];
  /** |yours − right|, row by row; NaN where nothing was compared */
  differences: Float64Array;
}
/** One wrong number: its position, and its value in the learner's array and in the right one. */
export interface WrongNumber {
  position: number[];
  yours: number;
  right: number;
}
/** A file of the mathematics in which solutions compute. */
export interface EditedFile {
  file: string;
  text: string;
}
/** The loss of the default run at the last step of the course: trained by the learner's solutions, and by ours. */
export interface CapstoneReport {
  yours: number;
  ours: number;
  right: boolean;
  step: number;
}
/** One case: a file of the mathematics with a mistake in it. */
export interface ClinicCase {
  number: number;
  file: string;
  /** the broken file */
  text: string;
  /** names of all parameters whose gradients can be wrong */
  tensors: string[];
  /** settings of a run to watch the case in; all others take their defaults */
  config: PartialRunConfig;
}
/** Whether the learner named exactly the tensors whose gradients are wrong, and a line of the mistake. */
export interface Diagnosis {
  tensors: boolean;
  line: boolean;
}
/** The result of a check of a mended file. */
export interface CaseReport {
  /** whether every gradient is right */
  mended: boolean;
  /** result or failure, in one sentence */
  message: string;
  /** the line of a failure, or null */
  line: number | null;
  gradients: CheckedGradient[];
  /** how the mistake showed; "" before it is mended */
  why: string;
}
/** The verdict on the gradient of one tensor: "right", "wrong" or "too small to be checked". */
export interface CheckedGradient {
  name: string;
  verdict: string;
  relative_error: number;
}
/** One kind of help: the wrong tensors, the line, or the lines of ours. */
export interface ClinicHelp {
  kind: string;
  text: string;
}
/** A learner's progress: a name, which may be empty, and the tasks that were opened. */
export interface Progress {
  name: string;
  tasks: Record<string, TaskProgress>;
}
/** Progress in one exercise, in the capstone, or in one case of the clinic. Times are UTC, in ISO 8601. */
export interface TaskProgress {
  /** when it was opened first, and when it was right first; null if never */
  started: string | null;
  solved: string | null;
  /** checks so far */
  attempts: number;
  /** checks up to the first right one, or null */
  attempts_to_solve: number | null;
  /** the option that was chosen before the first run, from 0, or null */
  predicted: number | null;
  /** kind of help → when it was shown first */
  help: Record<string, string>;
  /** the learner's file as it is now, or null if it was not edited */
  source: string | null;
  /** the learner's file when it was right last; "" if it never was */
  solution: string;
}

export interface Calls {
  /** Return the whole state of the active run, with every tensor. */
  state(params?: NoParams): State;
  /**
   * Train on the next sample; with `update: false` only pass it, or another one, through the network.
   *
   * The other one is sample `sample`, or the typed input `tokens`, with a `target` unless a sample has these tokens.
   */
  run_single(params?: {
    update?: boolean;
    sample?: number | null;
    tokens?: string[] | null;
    target?: string | null;
  }): State;
  /** Train on the next mini-batch; with `update: false` only pass it through the network. */
  train_batch(params?: { update?: boolean }): State;
  /** Train to the end of the current epoch; with `update: false` only pass its rest through the network. */
  train_epoch(params?: { update?: boolean }): State;
  /** Train run `id` for `steps` updates, or fewer if `max_ms` pass first, and return a packed frame. */
  advance(params: {
    id: string;
    steps: number;
    max_ms?: number | null;
    metrics?: boolean;
    twins?: boolean;
    go_on?: boolean;
    layout_id?: string | null;
    picture?: "exact" | "quick" | "none";
  }): Frame | Slice;
  /** Change settings from the next step on, without a reset; return the config in force. */
  trainer_config(params?: Partial<TrainerConfig>): TrainerConfig;
  /** Change the batch size from the next step on; return the config in force. */
  update_batch_size(params: { batch_size: number }): TrainerConfig;
  /** Change the loss function from the next step on; return the config in force. */
  update_loss_type(params: { loss_type: LossType }): TrainerConfig;
  /** Change when the active run stops, from the end of its next epoch on; return the rule in force. */
  stopping_config(params?: Partial<StoppingConfig>): StoppingConfig;
  /** Return summaries of all runs, oldest first. */
  runs(params?: NoParams): RunSummary[];
  /** Create a run and activate it; settings that `config` leaves out take their defaults. */
  create_run(params?: { name?: string | null; config?: PartialRunConfig | null }): RunSummary[];
  /** Make run `id` the active one. */
  activate_run(params: { id: string }): RunSummary[];
  /** Reset run `id` to its exact initial state. */
  reset_run(params: { id: string }): RunSummary[];
  /** Restore the best weights of run `id`. Its step and history stay: training continues from there. */
  restore_best(params: { id: string }): RunSummary[];
  /** Restore the initial weights of run `id` only: unlike with a reset, its step and history stay. */
  restore_first(params: { id: string }): RunSummary[];
  /** Rename run `id`; a name that is taken gets a number, as in "name (2)". */
  rename_run(params: { id: string; name: string }): RunSummary[];
  /** Delete run `id`; the last run cannot be deleted. The neighbour of a deleted active run becomes active. */
  delete_run(params: { id: string }): RunSummary[];
  /** Copy run `id` with its weights and history, under a name of its own. */
  duplicate_run(params: { id: string }): RunSummary[];
  /** Create a twin of run `id`: the same initial weights, samples and shuffling order, with one other setting. */
  twin_run(params: {
    id: string;
    changes: Record<string, string | number | boolean | null>;
    name?: string | null;
  }): RunSummary[];
  /** Archive run `id`, or unarchive it. Nothing else changes. */
  archive_run(params: { id: string; archived: boolean }): RunSummary[];
  /**
   * Return the runs of a sweep, one for each combination of `values`; create nothing.
   *
   * `values` holds the values of each setting: `{"trainer.learning_rate": [0.1, 0.03], "model.seed": [0, 1]}`.
   * The last setting varies fastest. Other settings are those of `base`, or defaults; each run ends after `epochs`.
   */
  plan_sweep(params: {
    base?: PartialRunConfig | null;
    values: Record<string, (string | number | boolean | null | (string | number | boolean | null)[] | string[][])[]>;
    epochs: number;
  }): SweepPlan;
  /** Return the loss history of every run, each point the mean over the steps it stands for. */
  run_losses(params?: NoParams): RunLosses[];
  /** Return loss histories for drawing, of all runs or of `ids`. */
  loss_curves(params?: { ids?: string[] | null; max_points?: number; smoothing?: number }): LossCurve[];
  /** Return metrics at the end of epochs, of all runs or of `ids`, smoothed as in `loss_curves`. */
  epoch_metrics(params?: { ids?: string[] | null; smoothing?: number }): EpochCurve[];
  /** Return what the page shows of all runs and of the active one, at one moment. */
  overview(params?: {
    max_points?: number;
    smoothing?: number;
    ids?: string[] | null;
    flow?: boolean;
    series?: boolean;
    confusion?: boolean;
    state?: boolean;
  }): Overview;
  /** Explain one number of the active run's last pass, with the config in force at that pass. */
  explain_cell(params: { tensor: string; row: number; col: number }): Explanation;
  /** Return the active run's last pass phase by phase: each computation, its formula, and the update's changes. */
  phases(params?: NoParams): Phases;
  /** Split a parameter's gradient of the last pass by sample; measure the loss after updates without the muted. */
  sample_lens(params: { tensor: string; muted?: number[]; start?: number; count?: number }): SampleLens;
  /** Return the gradient flow of run `id`, or of the active one: of its last pass, over steps if `series`. */
  gradient_flow(params?: { id?: string | null; series?: boolean }): GradientFlow;
  /** Return the distribution of a tensor of the active run, now and at the steps since the first call about it. */
  distributions(params: { tensor: string }): Distributions;
  /** Return the confusion matrices of the active run, of the training and the held-out samples. */
  confusion(params?: NoParams): Confusion;
  /** Return what the model of run `id`, or of the active one, predicts for typed tokens; nothing changes. */
  predict(params: { id?: string | null; tokens: string[] }): Prediction;
  /** Generate tokens with the model of run `id`, or of the active one, token by token; nothing changes. */
  generate(params: {
    id?: string | null;
    start: string[];
    length?: number;
    temperature?: number;
    seed?: number;
  }): Generation;
  /** Return a file of this package, as it runs. */
  source(params: { file: string }): SourceFile;
  /** Return the code of run `id`, or of the active one: our files, the drafts, and the version in force. */
  code(params?: { id?: string | null }): RunCode;
  /** Keep a draft of a file with run `id`; nothing of it is executed. null removes the draft. */
  edit_code(params: { id: string; file: string; text: string | null }): RunCode;
  /** Remove the draft of a file, or of all; the version in force stays until the next `run_code`. */
  revert_code(params: { id: string; file?: string | null }): RunCode;
  /**
   * Load the drafts of run `id` and train it with them from its next step on; without drafts, with our code.
   *
   * Weights, samples, order and step stay. Code that cannot run raises `LearnerError`, and the version before stays
   * in force.
   */
  run_code(params: { id: string }): RunCode;
  /** Check every gradient of the code that trains run `id`, at its weights and burnt in. */
  check_code(params: { id: string }): CodeCheck;
  /** Return |mine - numeric| of a gradient of run `id`, at its weights, with the samples of `check_code`. */
  code_difference(params: { id: string; tensor: string }): Difference;
  /** Create a twin of run `id`, which the learner's code trains, that our code trains: see `twin_run`. */
  compare_with_ours(params: { id: string }): RunSummary[];
  /** Return after which update two runs with the same start parted, and how far their tensors are apart. */
  code_comparison(params: { id: string; other: string }): Comparison;
  /** Describe the data: master sequences, names of rows and columns, and the best possible loss and accuracy. */
  dataset(params?: NoParams): DatasetView;
  /** Return up to `count` samples of the active run from index `start` on, readable, each with its origin. */
  inspect_samples(params?: { start?: number; count?: number }): Sample[];
  /** Validate a config and return its derived sizes; create nothing. */
  plan_run(params?: { config?: PartialRunConfig | null }): Plan;
  /** Return configs to start from, each with what it demonstrates. */
  presets(params?: NoParams): Preset[];
  /** Return every limit: name → lowest and highest value. */
  limits(params?: NoParams): Record<string, number[]>;
  /** Return every setting of a config: its names, its default, and the words of its field in a form. */
  schema(params?: NoParams): Schema;
  /** Check every gradient of a small model against central differences. */
  self_test(params?: NoParams): SelfTest;
  /** Choose the loops that NumPy runs from now on, if there is a choice; return those in force. */
  loops(params?: { simd?: boolean | null }): LoopsState;
  /** Return run `id` as a run file; without the long part of its history, a checkpoint for `restore_run`. */
  export_run(params: { id: string; history?: boolean }): RunFile;
  /** Add the run of a run file. It replaces nothing: an id or a name that is taken is changed. */
  import_run(params: { bytes: Uint8Array; activate?: boolean }): RunSummary[];
  /** Return a checkpoint of run `id` and the rows of its history from `start` on, both of one moment. */
  checkpoint(params: { id: string; generation?: number; start?: number }): Checkpoint;
  /**
   * Restore a checkpoint and the saved rows of its history; it replaces the run of its id, if there is one.
   *
   * The learner's code of the run goes on only if its `version` is `trusted`: else it waits, as after an import.
   */
  restore_run(params: {
    bytes: Uint8Array;
    history?: SavedHistory | null;
    activate?: boolean;
    trusted?: string[];
  }): RunSummary[];
  /** Return run `id` as a Python script that rebuilds its model in PyTorch and checks its logits. */
  export_pytorch(params: { id: string }): TextFile;
  /** Return the losses of run `id` as a table. */
  history_csv(params: { id: string }): TextFile;
  /** List the exercises. */
  course(params?: NoParams): Course;
  /** Return an exercise: its task, the question before the first run, and the file to begin with. */
  exercise(params: { number: number }): Task;
  /** Return the right option of the question of an exercise, and why it is right. */
  prediction(params: { number: number }): Outcome;
  /** Return one rung of help with an exercise: "factor", "place", "lines" or "answer". */
  exercise_hint(params: { number: number; rung: string }): Hint;
  /** Run a solution and check it, stage by stage up to the first that fails. */
  check_solution(params: { number: number; source: string }): SolutionReport;
  /** Return the files of the mathematics in which solutions compute, from a dict of exercises and sources. */
  solution_files(params: { solutions: Record<string, string> }): EditedFile[];
  /** Compare the loss of run `id` at the last step of the course with that of the same run by this package. */
  check_capstone(params: { id: string }): CapstoneReport;
  /** Return a case of the bug clinic: a file of the mathematics with a mistake in it. */
  clinic_case(params: { number: number }): ClinicCase;
  /** Compare a diagnosis with a case: the tensors whose gradients are wrong, and the line of the mistake. */
  diagnose_case(params: { number: number; tensors: string[]; line: number }): Diagnosis;
  /** Run a mended file of a case, and check every gradient. */
  check_case(params: { number: number; source: string }): CaseReport;
  /** Return help with a case: its "tensors", the "line", or the "answer". */
  clinic_help(params: { number: number; kind: string }): ClinicHelp;
  /** Read a progress file; nothing in it is executed. */
  read_progress(params: { text: string }): Progress;
}

export type Method = keyof Calls;
export type Params<M extends Method> = Parameters<Calls[M]>[0];
export type Result<M extends Method> = ReturnType<Calls[M]>;

/** `window.backprop`: the same calls as promises. */
export type Backprop = { [M in Method]: (params?: Params<M>) => Promise<Result<M>> };
