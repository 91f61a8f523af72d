/** Every combination of choices in the New run form: its config, and which of the choices the form rules out. */

import process from "node:process";
import { excludedBy } from "../../web/config/combinations.js";
import { configOf, draftOf } from "../../web/config/form.js";
import { CONFIG } from "../web/schema.mjs";

const CHOICES = {
  "dataset.task": ["next_token", "classification"],
  "dataset.encoding": ["one_hot", "embedding"],
  masters: ["generated", "explicit", "random"],
  "dataset.held_out": ["0", "0,0", "0,2", "20%"],
  "dataset.held_out_by": ["sample", "position"],
  "dataset.num_samples": ["1", "20"],
  "stopping.monitor": ["auto-monitor", "held_out_loss", "held_out_accuracy", "train_loss", "train_accuracy"],
};

const start = {
  ...draftOf(CONFIG),
  "dataset.master_sequences": "abccaabb\nbacdabcd",
  "trainer.batch_size": "1",
};
let drafts = [start];
for (const [field, options] of Object.entries(CHOICES))
  drafts = drafts.flatMap((draft) => options.map((option) => ({ ...draft, [field]: option })));
const excluded = (/** @type {import("../../web/config/form.js").Draft} */ draft) =>
  Object.entries(excludedBy(draft)).flatMap(([field, options]) => (draft[field] in options ? [field] : []));
process.stdout.write(
  JSON.stringify(drafts.map((draft) => ({ draft, config: configOf(draft), excluded: excluded(draft) }))),
);
