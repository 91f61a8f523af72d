/** Files dropped anywhere on the page. */

/**
 * @param {Document} page
 * @param {{dragFiles: (dragging: boolean) => void, importFiles: (files: Iterable<File>) => unknown}} actions
 */
export function watchDrops(page, { dragFiles, importFiles }) {
  page.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    dragFiles(true);
  });
  page.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) dragFiles(false); // not from one element to another: off the page
  });
  page.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // the browser would open the file in place of the page
    dragFiles(false);
    importFiles(event.dataTransfer?.files ?? []);
  });
}

/** Text and links can be dragged too: they are not ours. @param {DragEvent} event */
const holdsFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;
