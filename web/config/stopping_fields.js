/** Fields for early stopping and other limits, in the controls and in the New run form. */

import { settingsIn } from "./schema.js";
import { settingField } from "./setting_field.js";

/** @import { SettingWords } from "../api.d.ts" */
/** @import { Field } from "../ui/fields.js" */

const USUAL = { "auto-monitor": "Held-out loss (training loss if nothing is held out)" };

/**
 * @param {(setting: SettingWords) => Field} field
 * @param {boolean} live  whether each keystroke is committed and the metric may be left to Python
 */
export const stoppingFields = (field, live) =>
  settingsIn("stopping").map((setting) =>
    settingField(setting, field(setting), {
      live,
      ...(live && setting.name === "monitor" ? { choices: { ...USUAL, ...setting.choices } } : {}),
    }),
  );
