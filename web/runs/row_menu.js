/** The menu of a run: the same items in the same order for each. */

import { downloadItems } from "../share/download_items.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Entry } from "../ui/menu_view.js" */
/** @import { Row } from "./columns.js" */

const AWAY = "open in another tab";

/**
 * @param {Pick<Row, "id" | "name" | "archived">} row
 * @param {{runs: Pick<State["runs"], "table">, saving: Pick<State["saving"], "elsewhere">}} state
 * @param {Actions} actions
 * @returns {Entry[]}
 */
export function rowMenu({ id, name, archived }, { runs: { table }, saving: { elsewhere } }, { runs, share }) {
  // A run of another tab can only be viewed and copied.
  const disabled = elsewhere.includes(id) ? AWAY : null;
  const archive = archived ? "Unarchive" : "Archive";
  return [
    { label: "Duplicate", name: `Duplicate ${name}`, act: () => runs.duplicate(id) },
    { label: "Create twin …", name: `Create twin of ${name}`, act: () => runs.openTwin(id) },
    {
      label: "Use as baseline",
      name: `Use as baseline: ${name}`,
      checked: table.baseline === id,
      act: () => runs.setBaseline(id),
    },
    { label: "Rename …", name: `Rename ${name}`, disabled, act: () => runs.editName(id) },
    { label: "Reset to step 0", name: `Reset to step 0: ${name}`, disabled, act: () => runs.reset(id) },
    "separator",
    { label: "Download", name: `Download ${name}`, items: downloadItems({ id }, share) },
    "separator",
    { label: archive, name: `${archive} ${name}`, disabled, act: () => runs.archive(id, !archived) },
    { label: "Delete …", name: `Delete ${name}`, disabled, danger: true, act: () => runs.delete(id) },
  ];
}
