/**
 * The wire: every call the page can make, its parameters and its answer.
 *
 *   page → worker   {id, method, params}
 *   worker → page   {id, result}
 *   worker → page   {id, error: {name, message, traceback}}
 *   worker → page   {event}
 *
 * The same names are `Session`'s keyword-only methods (py/backprop/session.py) and the promises of `window.backprop`.
 * Names stay Python's. Arrays are flat, little-endian typed arrays, row by row.
 * A refused value is an error named `ValueError` whose message begins with the field's name: "batch_size must be …".
 */

export type ActivationName = "gelu" | "gelu_exact" | "relu" | "tanh" | "sigmoid" | "silu" | "identity";
export type LossType = "cross_entropy" | "mse";
export type OptimizerName = "sgd" | "momentum" | "adam";
/** What an optimizer remembers of earlier gradients: one number for each parameter. */
export type StateVector = "velocity" | "first_moment" | "second_moment";
export type Mode = "train" | "visualize";

export interface DatasetConfig {
  vocabulary: string[];
  sequence_length: number;
  num_samples: number;
  task: "next_token" | "classification";
  encoding: "one_hot" | "embedding";
  embedding_dim: number;
  /** Explicit masters; null to generate them, or to draw fully random sequences when num_master_sequences is null too. */
  master_sequences: string[][] | null;
  num_master_sequences: number | null;
  /** One length, or the shortest and the longest. */
  master_sequence_length: number | [number, number];
  seed: number;
  /** Share of the samples that is never trained on, and whether all that are cut from one place of a master are held out together. */
  held_out: number;
  held_out_by: "sample" | "position";
}
export interface ModelConfig {
  hidden_dims: number[];
  activation: ActivationName;
  seed: number;
  dtype: "float32" | "float64";
  /** How the first weights are drawn. */
  initialization: "xavier_uniform" | "standard_normal" | "zeros";
}
export interface TrainerConfig {
  learning_rate: number;
  batch_size: number;
  loss_type: LossType;
  seed: number;
  /** Another one begins with its state at zero. */
  optimizer: OptimizerName;
  /** Of "momentum": the share of its velocity that is kept in each step. */
  momentum: number;
  /** Of "adam": the shares of the mean gradient and of its square that are kept; and what keeps it from dividing by 0. */
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Each step shrinks every parameter by the share learning_rate · weight_decay of itself. */
  weight_decay: number;
  /** The largest norm that all gradients together may have in an update; null for no limit. */
  clip_norm: number | null;
}
export type Metric = "held_out_loss" | "held_out_accuracy" | "train_loss" | "train_accuracy";
/** When training stops of itself, and which weights are the best (py/backprop/training/stopping.py); by Keras's names. */
export interface StoppingConfig {
  early_stopping: boolean;
  monitor: Metric;
  mode: "auto" | "min" | "max";
  min_delta: number;
  patience: number;
  restore_best_weights: boolean;
  start_from_epoch: number;
  target: number | null;
  max_epochs: number | null;
}
export interface RunConfig {
  dataset: DatasetConfig;
  model: ModelConfig;
  trainer: TrainerConfig;
  stopping: StoppingConfig;
}
/** Why a run has stopped of itself. */
export interface Stop {
  reason: "early_stopping" | "target" | "max_epochs" | "diverged";
  step: number;
  epoch: number;
  monitor: Metric | null;
  limit: number | null;
  min_delta: number | null;
  /** Of a target: the metric there. */
  value: number | null;
  /** The best in the eyes of early stopping; null if that is off. */
  best_step: number | null;
  best_value: number | null;
  /** Whether its weights were restored; of a diverged run, whether the best or the first ones had to be. */
  restored: boolean;
  /** Of a diverged run: the first tensor with a number that is not finite, "loss" if it is the loss, and the step that computed it, if that is known. */
  tensor: string | null;
  tensor_step: number | null;
  /** The metric measured with the weights that were restored; null if none were or it is not measured yet, NaN if not known. */
  restored_value: number | null;
  /** Whether the optimizer's state was set to zero then. */
  optimizer_reset: boolean;
  sentence: string;
}
/** What a curve can show of a stop. */
export interface StopFlag {
  step: number;
  epoch: number;
  reason: Stop["reason"];
  /** Whether weights were restored. */
  restored: boolean;
  sentence: string;
}
/** What is left out takes its default: the seed's own configuration. */
export interface PartialRunConfig {
  dataset?: Partial<DatasetConfig>;
  model?: Partial<ModelConfig>;
  trainer?: Partial<TrainerConfig>;
  stopping?: Partial<StoppingConfig>;
}

/** One matrix, or one bias vector of shape [fan_out]. `data` is a view of one shared buffer. */
/** In the precision of the run: what is read is the very number that it computed with. */
export type Numbers = Float32Array | Float64Array;
export interface Tensor {
  name: string;
  shape: number[];
  data: Numbers;
}
/** Quantiles over all finite numbers of a column. */
export interface Scale {
  min: number;
  p25: number;
  p50: number;
  p75: number;
  max: number;
  /** Lower quartile of the magnitudes that are not zero; 0 without any. */
  magnitude_p25: number;
  /** How many numbers are NaN or infinite. */
  not_finite: number;
}
export interface Column {
  tensors: Tensor[];
  scale: Scale;
}
/** The optimizer's state: `layers/0/velocity_weights` and so on, nothing for "sgd"; a scale for each vector, for they are of different sizes. */
export interface OptimizerState {
  tensors: Tensor[];
  scales: Partial<Record<StateVector, Scale>>;
}
/** Over all training samples and all held-out ones (null without any), at the step they were measured. */
export interface Metrics {
  step: number;
  loss: number;
  /** Null if a sample has no prediction, because its largest logit is not a finite number; so too for held_out_accuracy. */
  accuracy: number | null;
  held_out_loss: number | null;
  held_out_accuracy: number | null;
}
interface Progress {
  run_id: string;
  /** Whether the last pass changed the weights. */
  mode: Mode;
  /** Updates so far. */
  step: number;
  /** Passes over the data so far: samples visited ÷ num_train. */
  epoch: number;
  /** Of the last batch; null before the first. NaN or infinite once a run has diverged. */
  loss: number | null;
  /** Share of the last batch that was predicted rightly; null if a sample has no prediction. */
  accuracy: number | null;
  metrics: Metrics | null;
  /** Wall time of the last complete epoch, milliseconds. */
  epoch_ms: number | null;
  /** Time spent training so far, seconds. */
  seconds: number;
  stopped: Stop | null;
  /** Indices of the samples in the batch on screen. */
  batch: Int32Array;
}
export interface State extends Progress {
  forward: Column;
  backward: Column;
  optimizer: OptimizerState;
}
/** Where each tensor lies in a frame: `values.subarray(offset, offset + product(shape))`. */
export interface Layout {
  forward: { name: string; shape: number[]; offset: number }[];
  backward: { name: string; shape: number[]; offset: number }[];
  optimizer: { name: string; shape: number[]; offset: number }[];
}
/** What a slice of Play did. */
export interface Slice extends Progress {
  /** Time that the slice's training took, milliseconds, without the frame. */
  slice_ms: number;
  /** Updates in the slice, of each run that was not ahead of its twins. */
  slice_steps: number;
  /** Whether samples are still to be measured, at the end of an epoch or because `metrics` was asked for: the next call goes on with that. */
  measuring: boolean;
  /** Whether the run and all its twins have stopped, and everything is measured: there is nothing to train any more. */
  ended: boolean;
}
/** A State in one packed array. `layout` is null when it is the one named by `layout_id` in the call. */
export interface Frame extends Slice {
  layout_id: string;
  layout: Layout | null;
  values: Numbers;
  forward_scale: Scale;
  backward_scale: Scale;
  optimizer_scales: Partial<Record<StateVector, Scale>>;
}

/** A setting that was changed after `step` updates. */
export interface Mark {
  step: number;
  /** "weights": earlier ones were put back, "best" or "first". */
  field: keyof TrainerConfig | "weights";
  from: number | string | null;
  to: number | string | null;
}
export interface RunSummary {
  id: string;
  name: string;
  active: boolean;
  /** ISO 8601, UTC. */
  created: string;
  config: RunConfig;
  step: number;
  epoch: number;
  loss: number | null;
  metrics: Metrics | null;
  epoch_ms: number | null;
  seconds: number;
  /** The step at the end of the best epoch; its loss and accuracy, on the samples that are monitored; and the metric that decides. */
  best_step: number | null;
  best_loss: number | null;
  best_accuracy: number | null;
  best_value: number | null;
  /** The best that any model can reach on its training samples; and on the held-out ones, were it made for them. */
  floor: Floor;
  held_out_floor: Floor | null;
  stopped: Stop | null;
  /** Every time that it has stopped of itself, the last one too, oldest first; of very many the newest. */
  stops: StopFlag[];
  parameters: number;
  /** Samples that it is trained on. */
  num_train: number;
  /** Widths from input to output. */
  shape: number[];
  archived: boolean;
  /** Ids of its twins: they have its first weights, its samples and its seeded order of visits. */
  twins: string[];
  /**
   * What hashes prove of a run and its twins: "batches", the same start and as many steps on the very same batches; "order",
   * the same start and as many steps, but in other batches; "start", the same start, but not the same step; null, nothing.
   */
  proven: "batches" | "order" | "start" | null;
  /** What was changed on the way, in the order of time; of very many the newest. */
  marks: Mark[];
}
/** Exactly one of them. */
export type TwinChanges =
  | { learning_rate: number }
  | { batch_size: number }
  | { loss_type: LossType }
  | { optimizer: OptimizerName }
  | { momentum: number }
  | { beta1: number }
  | { beta2: number }
  | { epsilon: number }
  | { weight_decay: number }
  | { clip_norm: number | null }
  | { activation: ActivationName };
export interface LossPoint {
  step: number;
  epoch: number;
  loss: number;
}
export interface RunLosses {
  id: string;
  name: string;
  losses: LossPoint[];
}
/** A loss history for drawing: at most `max_points` points, each over one or more steps; the last is the newest step, exactly. */
export interface LossCurve {
  id: string;
  name: string;
  step: Float64Array;
  epoch: Float64Array;
  seconds: Float64Array;
  min: Float64Array;
  mean: Float64Array;
  max: Float64Array;
  /** Of the steps' batches, before their updates, 0 to 1: the mean. */
  accuracy: Float64Array;
  /** Weight of each earlier step in `smoothed`, the moving average over all steps of the run, at `step`. */
  smoothing: number;
  smoothed: Float64Array;
}
/**
 * What was measured at the end of epochs: of all, later of every 2nd, 4th …, and of the last. Loss and accuracy of the training
 * samples are means over the epoch, each as it was when trained on; NaN is what has no value.
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
  /** Weight of each earlier epoch in `smoothed_accuracy`, the moving average of `train_accuracy`. */
  smoothing: number;
  smoothed_accuracy: Float64Array;
}

/** Numbers of samples, row by row: rows are true classes, columns predicted ones. */
export interface Confusion {
  run_id: string;
  step: number;
  labels: string[];
  /** Samples of which the largest logit is not a finite number have no prediction: the counts add up to the samples that have one. */
  train: Int32Array;
  held_out: Int32Array | null;
  num_train: number;
  num_held_out: number;
}

export interface Sample {
  index: number;
  /** Whether it is never trained on. */
  held_out: boolean;
  /** What goes in, and what is to come out: "adda", "c". */
  input: string[];
  target: string;
  /** Which master it was cut from; null where sequences are fully random. */
  master: number | null;
  position: number | null;
  /** "adda → c  (M2: addaccad, position 0)" */
  text: string;
}
/** Whether tokens are a sample, and of which part of the dataset. */
export type Known = "new" | "training" | "held_out";
export interface Prediction {
  run_id: string;
  step: number;
  tokens: string[];
  outputs: Float64Array;
  /** Null with MSE, whose outputs are no logits, and if an output is not finite. */
  probabilities: Float64Array | null;
  /** The class of the largest output; null if that is not finite. */
  predicted: string | null;
  /** Whether a sample has this input, and which target the first of them has. */
  known: Known;
  target: string | null;
}
export interface Generation {
  run_id: string;
  step: number;
  start: string[];
  /** The generated tokens; for each of them a row of outputs and of probabilities. */
  tokens: string[];
  outputs: Float64Array;
  /** Softmax of the outputs, whatever the temperature; null with MSE. */
  probabilities: Float64Array | null;
  /** Whether each token is, with its input, a sample. */
  known: Known[];
}
export interface DatasetView {
  config: DatasetConfig;
  num_samples: number;
  masters: string[][];
  /** Names for rows and columns of heatmaps: inputs "1:a" (position:token), outputs "a" or "M1", embedding rows "a", embedded dimensions "1:0". */
  input_labels: string[];
  output_labels: string[];
  vocabulary: string[];
  num_train: number;
  /** Indices of the held-out samples, rising. */
  held_out: Int32Array;
  /** The best that any model can reach on the training samples; and on the held-out ones, were it made for them. */
  floor: Floor;
  held_out_floor: Floor | null;
  unique_inputs: number;
}
/** Smallest mean loss of each type, and largest share of right answers (py/backprop/data/best_possible.py). */
export interface Floor {
  cross_entropy: number;
  mse: number;
  accuracy: number;
}

/** What a config comes to, before it is made. */
export interface Plan {
  config: RunConfig;
  input_dim: number;
  output_dim: number;
  /** Widths from input to output. */
  shape: number[];
  parameters: number;
  num_samples: number;
  /** Samples that are trained on. */
  num_train: number;
  steps_per_epoch: number;
}
/** Every limit, from py/backprop/limits.py: name → [lowest, highest]. */
export type Limits = Record<string, [number, number]>;

export interface GradientCheck {
  name: string;
  /** ‖a − n‖ / (‖a‖ + ‖n‖), for gradients a and differences n of the loss. */
  relative_error: number;
  verdict: "right" | "wrong" | "too small to be checked";
}
export interface SelfTest {
  passed: boolean;
  /** One sentence: what was tried and what came out. */
  message: string;
  loss: number;
  tolerance: number;
  gradients: GradientCheck[];
  python: string;
  numpy: string;
}

/** One number on the page: what the tensor holds now. A bias vector has the one row 0. */
export interface Cell {
  tensor: string;
  row: number;
  col: number;
  value: number;
}
/** `value` is what the pass multiplied; it differs from the cell's where it is a function of it (f′(z), m̂), or the cell was updated since. */
export interface Factor {
  symbol: string;
  value: number;
  /** null for a constant */
  cell: Cell | null;
  is_function: boolean;
}
/** One product; `index` is its place in the sum. */
export interface Term {
  label: string;
  index: number;
  factors: Factor[];
  product: number;
}
/** MathML as a tree: an element's name and its children (py/backprop/explain/mathml.py). */
export type MathTree = [string, ...(string | MathTree)[]];
/** Why one number of the last pass is what it is (py/backprop/explain/explanation.py). */
export interface Explanation {
  run_id: string;
  /** Updates so far. */
  step: number;
  cell: Cell;
  /** Its gradient, or the cell that it is the gradient of; of what an optimizer remembers, the parameter. */
  partner: Cell | null;
  dtype: "float32" | "float64";
  kind: string;
  sentence: string;
  over: "" | "samples" | "inputs" | "units" | "classes" | "occurrences";
  /** Largest magnitude first; of very many the smallest are left out. */
  terms: Term[];
  count: number;
  left_out: { count: number; sum: number } | null;
  /** The exact sum of all products, and by how much the cell differs; rounding can explain up to `bound`. */
  sum: number;
  difference: number;
  bound: number;
  function: { name: ActivationName; z: number; a: number; slope: number } | null;
  /** The probabilities of all classes, where one of them is a factor. */
  softmax: Factor[] | null;
  /** Whether weights or targets are no longer those of the pass; what the reader must know about that, or "". */
  stale: boolean;
  note: string;
  /** What contributes: one cell, a whole row (`col` is null), a whole column (`row` is null), or all of a tensor. */
  regions: { tensor: string; row: number | null; col: number | null }[];
  formula: { math: MathTree; text: string; symbols: Record<string, string> };
  code: { file: string; line: number; text: string; function: string }[];
}

/** What is computed at once: `tensors`, by name, in their order. */
export interface Moment {
  title: string;
  sentence: string;
  formulas: Explanation["formula"][];
  code: Explanation["code"];
  tensors: string[];
}
/** A part of one training step; its moments are its layers, where it goes through them (py/backprop/explain/phases.py). */
export interface Phase extends Moment {
  phase: "batch" | "forward" | "loss" | "backward" | "update";
  moments: Moment[];
}
/** How the loss of one sample comes about. Of very many classes, the target and those with the largest logits. */
export interface SampleLoss {
  name: string;
  target: number;
  /** `probability` is the softmax; null where the loss takes none. */
  scores: { index: number; logit: number; probability: number | null }[];
  loss: number;
}
/** A parameter's gradient of the last pass, taken apart by sample (py/backprop/explain/sample_lens.py). */
export interface SampleLens {
  run_id: string;
  /** Updates so far. */
  step: number;
  tensor: string;
  shape: number[];
  /** How many samples there are; `names` and `parts` are those of some, from `start` on, one matrix behind the other. */
  batch: number;
  start: number;
  names: string[];
  parts: Numbers;
  /** The sum of all parts, and of those that are not muted. */
  gradient: Numbers;
  left: Numbers;
  muted: number[];
  /** null where the update that followed is not known any more. */
  loss: NextLoss | null;
  /** Of all training samples; null where it would take long too, or the loss is another one now. */
  training_loss: NextLoss | null;
}
/** Before the update, after the one by the whole batch, and after one by the samples that are left. */
export interface NextLoss {
  now: number;
  whole: number;
  left: number;
}
export interface Phases {
  run_id: string;
  /** Updates so far. */
  step: number;
  batch: Int32Array;
  /** Of the batch. */
  loss: number;
  phases: Phase[];
  /** Of the first samples of the batch. */
  losses: SampleLoss[];
  /** What the update did to each parameter tensor, if one has followed; before + change is what it holds now. */
  changes: { name: string; before: Numbers; change: Numbers }[] | null;
}

/**
 * The gradient flow of a run (py/backprop/monitor/gradient_flow.py). `now` holds a row for each layer and in it the quantities; `values` such a
 * table for each of `steps`. NaN where there is no such number.
 */
export interface GradientFlow {
  run_id: string;
  step: number;
  mode: Mode;
  /** "embedding", "layers/0", … */
  layers: string[];
  /** "grad_norm", "weight_norm", "update_ratio", "flat", "dead", "cosine", "identical" */
  quantities: string[];
  /** How many samples flat and dead units are looked for on. */
  probe: number;
  now: Float64Array;
  stride: number;
  /** Empty with series: false, as are `values`. */
  steps: Float64Array;
  values: Float64Array;
  warnings: FlowWarning[];
}
/** What goes wrong, in words, and a cell of a gradient where it is seen (py/backprop/monitor/flow_warnings.py). */
export interface FlowWarning {
  kind: string;
  text: string;
  tensor: string;
  row: number;
  col: number;
}
/** How the finite numbers of a tensor are distributed (py/backprop/monitor/histograms.py): bins of one width from `low` to `high`. */
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
/** The same at earlier steps, each field one behind the other. */
export interface PastDistributions {
  steps: Float64Array;
  finite: Float64Array;
  low: Float64Array;
  high: Float64Array;
  counts: Int32Array;
  quantiles: Float64Array;
}
export interface Distributions {
  run_id: string;
  step: number;
  tensor: string;
  /** At which quantiles are given: 0, 0.01, 0.05, … 1. */
  quantiles: number[];
  now: Distribution;
  /** The step at which it was first asked for: earlier ones are not known. */
  since: number;
  past: PastDistributions;
}
/** A config to start from, and the kinds of warnings that it is certain to raise (py/backprop/runs/presets.py). */
export interface Preset {
  name: string;
  title: string;
  text: string;
  config: PartialRunConfig;
  warnings: string[];
}

/** A run as plain data: numbers, strings, lists, dicts and flat typed arrays (py/backprop/runs/record.py). The page keeps it and does not look inside. */
export interface RunRecord {
  format: 1;
  id: string;
  name: string;
  [field: string]: unknown;
}

/** A run as bytes: a strict profile of safetensors (py/backprop/files/run_file.py). */
export interface RunFile {
  bytes: Uint8Array;
  file_name: string;
  step: number;
  /** CRC-32 of the bytes, unsigned. */
  crc32: number;
}
export interface TextFile {
  text: string;
  file_name: string;
}
/** Rows of seven numbers: step, epoch, seconds, min, mean, max, accuracy. Another generation replaces all that was kept. */
export interface HistoryRows {
  generation: number;
  start: number;
  values: Float64Array;
}
/** A run file without the long part of its history, and the rows of that, of one moment. */
export interface Checkpoint extends RunFile {
  history: HistoryRows;
}
/** What the page shows of all runs and of the active one, at one moment; curves are those that were asked for. */
export interface Overview {
  runs: RunSummary[];
  curves: LossCurve[];
  epochs: EpochCurve[];
  flow: GradientFlow | null;
  confusion: Confusion | null;
  state: State | null;
}
export interface RestoredHistory {
  generation: number;
  values: Float64Array;
}

type NoParams = Record<string, never>;

export interface Calls {
  // The seed's endpoints
  state(params?: NoParams): State;
  /** One sample. `sample`, or typed `tokens`, pick one to look at, only with update: false; `target` where no sample has these tokens. */
  run_single(params?: { update?: boolean; sample?: number; tokens?: string[]; target?: string }): State;
  /** The outputs of run `id` (the active one) for typed tokens. Nothing changes. */
  predict(params: { id?: string; tokens: string[] }): Prediction;
  /** Tokens that run `id` (the active one) generates after `start`, which holds at least one whole input. Nothing changes. */
  generate(params: { id?: string; start: string[]; length?: number; temperature?: number; seed?: number }): Generation;
  train_batch(params?: { update?: boolean }): State;
  train_epoch(params?: { update?: boolean }): State;
  trainer_config(params?: Partial<TrainerConfig>): TrainerConfig;
  update_batch_size(params: { batch_size: number }): TrainerConfig;
  update_loss_type(params: { loss_type: LossType }): TrainerConfig;
  runs(params?: NoParams): RunSummary[];
  /** The new run is active. Without a name it is "Run 2", "Run 3", … */
  create_run(params?: { name?: string; config?: PartialRunConfig }): RunSummary[];
  activate_run(params: { id: string }): RunSummary[];
  reset_run(params: { id: string }): RunSummary[];
  rename_run(params: { id: string; name: string }): RunSummary[];
  /** The last run cannot be deleted. The neighbour of a deleted active run becomes active. */
  delete_run(params: { id: string }): RunSummary[];
  /** A copy as it stands, with weights and history, called "name (2)". It is not activated. */
  duplicate_run(params: { id: string }): RunSummary[];
  /** A run that begins where run `id` began and differs in one field of the trainer but its seed, or in its activation. It is not activated. */
  twin_run(params: { id: string; changes: TwinChanges }): RunSummary[];
  archive_run(params: { id: string; archived: boolean }): RunSummary[];
  run_losses(params?: NoParams): RunLosses[];

  stopping_config(params?: Partial<StoppingConfig>): StoppingConfig;
  /** Puts the best weights back; step and history stay. */
  restore_best(params: { id: string }): RunSummary[];
  /** Puts the first weights back; step and history stay, unlike with reset_run. */
  restore_first(params: { id: string }): RunSummary[];

  // What the page needs besides
  /** Train run `id` for `steps` updates: a slice of Play. `twins: true` trains its twins along: who is behind catches up, then all make the same steps. `metrics: true` measures all samples too, within `max_ms`. A run that has stopped of itself is trained only with `go_on: true`. Ends early, at a step's end, after `max_ms` (no limit when left out). `picture`: the quartiles of the scales are exact, or those of a sample; with "none" the answer is a Slice, without any tensor. */
  advance(params: {
    id: string;
    steps: number;
    max_ms?: number;
    metrics?: boolean;
    twins?: boolean;
    go_on?: boolean;
    layout_id?: string;
    picture?: "exact" | "quick" | "none";
  }): Frame;
  /** One number of the active run's last pass, explained. */
  explain_cell(params: { tensor: string; row: number; col: number }): Explanation;
  /** The active run's last pass, phase by phase. */
  phases(params?: NoParams): Phases;
  /** How large gradients, weights and updates of run `id` (the active one) are, layer by layer, now and over time. */
  gradient_flow(params?: { id?: string; series?: boolean }): GradientFlow;
  /** How the numbers of a tensor of the active run are distributed, now and since it was first asked for. */
  distributions(params: { tensor: string }): Distributions;
  /** `muted`: places in the batch. At most `count` parts, fewer of large matrices. */
  sample_lens(params: { tensor: string; muted?: number[]; start?: number; count?: number }): SampleLens;
  /** A file of the Python package, as it runs: "model.py". */
  source(params: { file: string }): { file: string; text: string };
  /** The answers of several calls, of one moment: all that follows a change. Of ids, those that do not exist are left out. */
  overview(params?: {
    ids?: string[];
    max_points?: number;
    smoothing?: number;
    flow?: boolean;
    series?: boolean;
    confusion?: boolean;
    state?: boolean;
  }): Overview;
  loss_curves(params?: { ids?: string[]; max_points?: number; smoothing?: number }): LossCurve[];
  /** Of the active run, as it is now. */
  confusion(params?: NoParams): Confusion;
  epoch_metrics(params?: { ids?: string[]; smoothing?: number }): EpochCurve[];
  dataset(params?: NoParams): DatasetView;
  inspect_samples(params?: { start?: number; count?: number }): Sample[];
  /** Checks a config and says what it comes to, without making a run. */
  plan_run(params?: { config?: PartialRunConfig }): Plan;
  /** Configs to start from. */
  presets(params?: NoParams): Preset[];
  limits(params?: NoParams): Limits;
  self_test(params?: NoParams): SelfTest;
  save_run(params: { id: string }): RunRecord;
  /** Puts a saved run back, under its own id unless that is taken. It becomes active if `activate`. */
  load_run(params: { record: RunRecord; activate?: boolean }): RunSummary[];
  /** Run `id` as a file; without its history for a save in between, where history_rows come apart. */
  export_run(params: { id: string; history?: boolean }): RunFile;
  /** Takes in a file from outside: under a new id if its own is taken, with "(2)" in a name that is. */
  import_run(params: { bytes: Uint8Array; activate?: boolean }): RunSummary[];
  /** The history of run `id` from row `start` on, or from the first if `generation` is not the present one. */
  history_rows(params: { id: string; generation?: number; start?: number }): HistoryRows;
  /** What a save writes: export_run without history, and history_rows, of one moment. */
  checkpoint(params: { id: string; generation?: number; start?: number }): Checkpoint;
  /** Puts back what export_run and history_rows gave, out of our own storage: in the place of the run that has its id, if there is one. */
  restore_run(params: { bytes: Uint8Array; history?: RestoredHistory; activate?: boolean }): RunSummary[];
  /** A Python script that rebuilds the model in PyTorch and checks its logits. */
  export_pytorch(params: { id: string }): TextFile;
  history_csv(params: { id: string }): TextFile;
}

export type Method = keyof Calls;
export type Params<M extends Method> = Parameters<Calls[M]>[0];
export type Result<M extends Method> = ReturnType<Calls[M]>;

/** `window.backprop`: the same calls as promises. */
export type Backprop = { [M in Method]: (params?: Params<M>) => Promise<Result<M>> };

export interface CallError {
  name: string;
  message: string;
  traceback: string;
}
export type Request = { id: number; method: Method; params: unknown };
export type BootEvent = {
  stage: string;
  /** Bytes. */
  loaded: number;
  total: number;
  /** The files that are not complete yet. */
  pending?: string[];
  /** The build that the worker's files belong to. */
  build?: string;
};
export type Reply = { id: number; result: unknown } | { id: number; error: CallError } | { event: BootEvent };
