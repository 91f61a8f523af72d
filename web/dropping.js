/** Files dragged over the page and dropped on it, wherever. */

/**
 * @param {Document} page
 * @param {{drag_files: (dragging: boolean) => void, import_files: (files: Iterable<File>) => unknown}} actions
 */
export function watchDrops(page, { drag_files, import_files }) {
  page.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    drag_files(true);
  });
  page.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) drag_files(false); // not from one element to another: off the page
  });
  page.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // the browser would open the file in place of the page
    drag_files(false);
    import_files(event.dataTransfer?.files ?? []);
  });
}

/** Text and links can be dragged too: they are not ours. @param {DragEvent} event */
const holdsFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;
