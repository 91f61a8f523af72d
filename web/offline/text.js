/** Sentences about the kept copy of the site. */

/** By the state of the copy. */
export const WORDS = {
  impossible: "This browser, or this address, keeps no copy of the page: each visit needs a network.",
  off: "No copy of the page is kept on this device: each visit needs a network.",
  waiting: "A copy of the page is being put on this device; after that it opens without a network.",
  kept: "The page is kept on this device and opens without a network. A new version is fetched in the background and used when you say so. Deleting the copy deletes no run.",
};

export const NEW_VERSION = "A new version is ready. Every run is saved first, and training continues at the same step.";
