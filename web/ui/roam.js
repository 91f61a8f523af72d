/** The keyboard in a row of tabs. */

/** Arrows, Home and End move the focus; Enter and Space choose. @param {KeyboardEvent} event */
export function roam(event) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const all = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
  const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
  const last = all.length - 1;
  const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
    event.key
  ];
  if (next === undefined) return;
  event.preventDefault();
  all[next].focus();
}
