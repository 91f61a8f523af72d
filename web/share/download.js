/** Downloads of a run: run file, PyTorch script, table of losses. */

import { saveAs } from "../ui/save_file.js";

/** @import { TextFile } from "../api.d.ts" */
/** @import { Store } from "../page/store.js" */
/** @import { Outside } from "./actions.js" */
/** @typedef {"run" | "pytorch" | "csv"} FileKind */

/** @param {Store} store @param {Outside} outside */
export function createExporting(store, { call, attempt }) {
  /** @type {Record<FileKind, (id: string) => Promise<{bytes: Uint8Array, file_name: string}>>} */
  const MAKERS = {
    run: (id) => call("export_run", { id }),
    pytorch: (id) => call("export_pytorch", { id }).then(encoded),
    csv: (id) => call("history_csv", { id }).then(encoded),
  };

  /** @param {string} id @param {FileKind} kind */
  async function download(id, kind) {
    const { bytes, file_name } = await MAKERS[kind](id);
    saveAs(file_name, bytes);
    return file_name;
  }

  return {
    /** @param {string} id @param {FileKind} kind */
    download: (id, kind) =>
      attempt("The file could not be created", async () => {
        store.set({ page: { announcement: `Downloaded ${await download(id, kind)}.` } });
      }),

    /**
     * Every run, one file after the other. Not one archive of them: each file is what Import, `--resume` and any safetensors
     * reader take, and one by one only one run at a time is held in memory. A browser may ask whether this page may save several.
     */
    downloadAll: () =>
      attempt("The runs could not be downloaded", async () => {
        const runs = await call("runs");
        for (const { id } of runs) await download(id, "run");
        store.set({ page: { announcement: `Downloaded ${runs.length} ${runs.length === 1 ? "file" : "files"}.` } });
      }),
  };
}

/** @param {TextFile} file */
const encoded = ({ text, file_name }) => ({ bytes: new TextEncoder().encode(text), file_name });
