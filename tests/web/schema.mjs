/** The schema of settings for tests, as Python answers it. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { learnSchema } from "../../web/config/schema.js";

const ROOT = new URL("../../", import.meta.url);
const PYTHON = process.platform === "win32" ? ".venv/Scripts/python.exe" : ".venv/bin/python";
const SCRIPT = `
import json
from backprop.session import Session
session = Session()
print(json.dumps({"schema": session.schema(), "config": session.plan_run()["config"]}))
`;

const answer = JSON.parse(
  execFileSync(fileURLToPath(new URL(PYTHON, ROOT)), ["-c", SCRIPT], { cwd: fileURLToPath(ROOT), encoding: "utf8" }),
);
learnSchema(answer.schema);

/** The config of a run without any options. */
export const CONFIG = answer.config;
