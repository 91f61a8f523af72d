/** Menus of actions: a button that opens one, and its items. */

import { AsyncDirective } from "../vendor/lit-html/async-directive.js";
import { directive } from "../vendor/lit-html/directive.js";
import { html, noChange, nothing, render } from "../vendor/lit-html/lit-html.js";
import { fresh } from "./fields.js";
import { closeMenu, isMenuOpen, redrawMenu, showMenu } from "./menu.js";

/** @import { ElementPart } from "../vendor/lit-html/directive.js" */
/**
 * @typedef {object} Item
 * @property {string} label           visible words
 * @property {string} [name]          accessible name, if it says more; contains the visible words. Not used beside a hint
 * @property {() => unknown} [act]
 * @property {string | null} [disabled]  why the item cannot be chosen
 * @property {boolean} [danger]
 * @property {boolean} [checked]      of a check box
 * @property {boolean} [chosen]       of a radio button
 * @property {boolean} [stays]        leaves the menu open
 * @property {unknown} [picture]      before the label
 * @property {unknown} [figure]       behind the label and the hint
 * @property {string} [hint]          small words behind the label, such as a key
 * @property {Entry[]} [items]        a submenu
 */
/** @typedef {Item | "separator" | null | undefined | false} Entry */
/**
 * @typedef {object} Menu
 * @property {string} label  its accessible name
 * @property {() => Entry[]} items
 * @property {"start" | "end"} [align]
 */

/** Open a menu from anywhere, such as at the pointer. @param {HTMLElement} opener @param {Menu & {at?: {x: number, y: number}, focus?: "first" | "last"}} menu */
export function openMenu(opener, { items, ...opening }) {
  showMenu({ ...opening, opener, draw: (element) => render(entries(items()), element) });
}

class MenuOpener extends AsyncDirective {
  /** @type {HTMLElement | null} */
  element = null;
  /** @type {Menu} */
  menu = { label: "", items: () => [] };

  /** @param {Menu} _menu @override */
  render(_menu) {
    return noChange;
  }

  /** @param {ElementPart} part @param {[Menu]} values @override */
  update({ element }, [menu]) {
    this.menu = menu;
    if (element !== this.element) this.#bind(/** @type {HTMLElement} */ (element));
    else if (isMenuOpen(element)) redrawMenu();
    return noChange;
  }

  /** @param {HTMLElement} element */
  #bind(element) {
    this.element = element;
    element.setAttribute("aria-haspopup", "menu");
    element.setAttribute("aria-expanded", "false");
    element.addEventListener("click", () => (isMenuOpen(element) ? closeMenu() : this.#open("first")));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      event.stopPropagation();
      this.#open(event.key === "ArrowUp" ? "last" : "first");
    });
  }

  /** @param {"first" | "last"} focus */
  #open(focus) {
    const element = /** @type {HTMLElement} */ (this.element);
    if (element.getAttribute("aria-disabled") === "true" || element.hasAttribute("disabled")) return;
    const { label, align } = this.menu;
    // The items of the newest drawing.
    openMenu(element, { label, align, focus, items: () => this.menu.items() });
  }

  /** @override */
  disconnected() {
    if (this.element && isMenuOpen(this.element)) closeMenu();
  }
}

/** Make a button open a menu: `<button ${opensMenu({ label, items })}>`. */
export const opensMenu = directive(MenuOpener);

/** The button ⋯ of a row. @param {Menu & {focus?: string, disabled?: boolean}} menu */
export const menuButton = ({ focus, disabled, ...menu }) => html`
  <button
    type="button"
    class="ui-menu-button"
    title=${menu.label}
    aria-label=${menu.label}
    data-focus=${focus ?? nothing}
    ?disabled=${disabled}
    ${opensMenu(menu)}
  ><span aria-hidden="true">⋯</span></button>
`;

/** @param {Entry[]} all @returns {unknown} */
const entries = (all) =>
  all.map((entry) => {
    if (!entry) return nothing;
    if (entry === "separator") return html`<div role="separator"></div>`;
    return entry.items ? submenu(entry, entry.items) : item(entry);
  });

/** @param {Item} entry */
function roleOf({ checked, chosen }) {
  if (checked !== undefined) return "menuitemcheckbox";
  return chosen === undefined ? "menuitem" : "menuitemradio";
}

/** @param {Item} entry */
function item(entry) {
  const { name, act, disabled, hint = disabled, danger, checked, chosen = checked, stays } = entry;
  return html`
    <button
      type="button"
      class=${danger ? "ui-menu-item danger" : "ui-menu-item"}
      role=${roleOf(entry)}
      tabindex="-1"
      aria-label=${hint ? nothing : (name ?? nothing)}
      aria-checked=${chosen === undefined ? nothing : String(chosen)}
      aria-disabled=${disabled ? "true" : nothing}
      data-stays=${stays ? "" : nothing}
      @click=${disabled || !act ? nothing : act}
    >${words(entry)}</button>
  `;
}

/** @param {Item} entry */
function words({
  label,
  picture = nothing,
  figure = nothing,
  checked,
  chosen = checked,
  disabled,
  hint = disabled ?? undefined,
}) {
  const mark = html`<span class="ui-menu-mark" aria-hidden="true">✓</span>`;
  return html`${picture}<span>${fresh(label)}</span>${hint ? html`<small>${fresh(hint)}</small>` : nothing}${figure}${chosen ? mark : nothing}`;
}

/** @param {Item} entry @param {Entry[]} items @returns {unknown} */
const submenu = ({ label, name }, items) => html`
  <button type="button" class="ui-menu-item" role="menuitem" tabindex="-1" aria-label=${name ?? nothing} aria-haspopup="menu" aria-expanded="false">
    <span>${fresh(label)}</span><span class="ui-menu-more" aria-hidden="true">▸</span>
  </button>
  <div class="ui-menu" role="menu" aria-label=${name ?? label} popover="manual">${entries(items)}</div>
`;
