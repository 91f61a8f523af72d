/** The open menu: where it stands, its keys, and how it closes. At most one is open. */

import { below, beside } from "./menu_place.js";

/**
 * @typedef {object} Opening
 * @property {HTMLElement} opener  gets the focus back
 * @property {(menu: HTMLElement) => void} draw  fills the menu; called again by `redraw`
 * @property {string} label
 * @property {{x: number, y: number} | null} [at]  a point of the window, for a menu opened by the right button
 * @property {"start" | "end"} [align]  the side on which menu and opener are flush
 * @property {"first" | "last"} [focus]
 */

/** @type {OpenMenu | null} */
let current = null;

/** Open a menu, closing the one before. @param {Opening} opening */
export function showMenu(opening) {
  current?.close();
  current = new OpenMenu(opening);
}

/** Whether the menu of this element is open. @param {Element} opener */
export const isMenuOpen = (opener) => current?.opener === opener;

/** Draw the open menu again. */
export const redrawMenu = () => current?.redraw();

/** Close the open menu; the focus goes back to its opener, if it was in the menu. */
export const closeMenu = () => current?.close();

class OpenMenu {
  #opening;
  #menu = document.createElement("div");
  #listening = new AbortController();

  /** @param {Opening} opening */
  constructor(opening) {
    this.#opening = opening;
    const menu = this.#menu;
    Object.assign(menu, { className: "ui-menu", popover: "manual", tabIndex: -1, id: "menu" });
    menu.setAttribute("role", "menu");
    menu.setAttribute("aria-label", opening.label);
    opening.draw(menu);
    // A modal dialog makes everything outside of it inert.
    (this.opener.closest("dialog") ?? document.body).append(menu);
    this.opener.setAttribute("aria-expanded", "true");
    this.opener.setAttribute("aria-controls", "menu");
    menu.showPopover();
    this.#place();
    this.#listen();
    const items = itemsOf(menu);
    (items.at(opening.focus === "last" ? -1 : 0) ?? menu).focus({ preventScroll: true });
  }

  get opener() {
    return this.#opening.opener;
  }

  redraw() {
    this.#opening.draw(this.#menu);
  }

  close() {
    if (current !== this) return;
    current = null;
    this.#listening.abort();
    const inside = this.#menu.contains(document.activeElement);
    this.#menu.remove();
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.removeAttribute("aria-controls");
    if (inside) this.opener.focus({ preventScroll: true });
  }

  #place() {
    const { opener, at, align = "start" } = this.#opening;
    const box = at ? { left: at.x, right: at.x, top: at.y, bottom: at.y } : opener.getBoundingClientRect();
    move(this.#menu, below(box, this.#menu.getBoundingClientRect(), view(), align));
  }

  #listen() {
    const { signal } = this.#listening;
    const menu = this.#menu;
    menu.addEventListener("keydown", (event) => this.#key(event), { signal });
    menu.addEventListener("click", (event) => this.#choose(/** @type {Element} */ (event.target)), { signal });
    menu.addEventListener("pointermove", (event) => this.#point(event), { signal });
    const away = (/** @type {Event} */ { target }) => {
      const node = /** @type {Node} */ (target);
      if (!menu.contains(node) && !this.opener.contains(node)) this.close();
    };
    document.addEventListener("pointerdown", away, { signal, capture: true });
    document.addEventListener("focusin", away, { signal });
    addEventListener("resize", () => this.close(), { signal });
    addEventListener("scroll", ({ target }) => !menu.contains(/** @type {Node} */ (target)) && this.#place(), {
      signal,
      capture: true,
    });
  }

  /** @param {Element} target */
  #choose(target) {
    const item = itemAt(target);
    if (!item || item.getAttribute("aria-disabled") === "true") return;
    if (item.hasAttribute("aria-haspopup")) openSubmenu(item, true);
    else if (item.dataset.stays === undefined) this.close();
  }

  /** Follow the pointer with the focus, so that one item is marked. @param {PointerEvent} event */
  #point({ target, pointerType }) {
    const item = itemAt(/** @type {Element} */ (target));
    if (pointerType !== "mouse" || !item || item === document.activeElement) return;
    item.focus({ preventScroll: true });
    const menu = /** @type {HTMLElement} */ (item.closest("[role=menu]"));
    for (const other of menu.querySelectorAll("[aria-expanded=true]")) closeSubmenu(/** @type {HTMLElement} */ (other));
    if (item.hasAttribute("aria-haspopup")) openSubmenu(item, false);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key } = event;
    const item = itemAt(/** @type {Element} */ (event.target));
    const menu = /** @type {HTMLElement} */ (item?.closest("[role=menu]") ?? this.#menu);
    // The page's own keys rest while a menu is open; Tab goes on from the opener.
    event.stopPropagation();
    if (key === "Tab") return this.close();
    if (key === "Escape" || (key === "ArrowLeft" && menu !== this.#menu)) {
      event.preventDefault();
      return menu === this.#menu ? this.close() : closeSubmenu(parentOf(menu));
    }
    if (key === "ArrowRight" && item?.hasAttribute("aria-haspopup")) return openSubmenu(item, true);
    const next = nextItem(itemsOf(menu), item, event);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

const view = () => ({ width: document.documentElement.clientWidth, height: window.innerHeight });

/** @param {HTMLElement} menu @param {{left: number, top: number}} corner */
function move(menu, { left, top }) {
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

/** @param {Element} target */
const itemAt = (target) => /** @type {HTMLElement | null} */ (target.closest(".ui-menu-item"));

/** Items of a menu, without those of its submenus. @param {HTMLElement} menu */
const itemsOf = (menu) =>
  /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(".ui-menu-item")]).filter(
    (item) => item.closest("[role=menu]") === menu,
  );

/** @param {HTMLElement} submenu */
const parentOf = (submenu) => /** @type {HTMLElement} */ (submenu.previousElementSibling);

/** @param {HTMLElement} item @param {boolean} enter */
function openSubmenu(item, enter) {
  const submenu = /** @type {HTMLElement} */ (item.nextElementSibling);
  item.setAttribute("aria-expanded", "true");
  if (!submenu.matches(":popover-open")) submenu.showPopover();
  move(submenu, beside(item.getBoundingClientRect(), submenu.getBoundingClientRect(), view()));
  if (enter) itemsOf(submenu)[0]?.focus({ preventScroll: true });
}

/** @param {HTMLElement} item */
function closeSubmenu(item) {
  const submenu = /** @type {HTMLElement} */ (item.nextElementSibling);
  item.setAttribute("aria-expanded", "false");
  if (submenu.contains(document.activeElement)) item.focus({ preventScroll: true });
  submenu.hidePopover();
}

/**
 * Return the item to which a key leads: a neighbour, an end, or the next one that begins with a letter.
 * @template {{textContent: string | null}} I
 * @param {I[]} items @param {I | null} item @param {{key: string, ctrlKey: boolean, metaKey: boolean}} event
 */
export function nextItem(items, item, { key, ctrlKey, metaKey }) {
  const index = item ? items.indexOf(item) : -1;
  if (key === "ArrowDown") return items[(index + 1) % items.length];
  if (key === "ArrowUp") return items.at(Math.max(index, 0) - 1);
  if (key === "Home") return items[0];
  if (key === "End") return items.at(-1);
  if (key.length !== 1 || key === " " || ctrlKey || metaKey) return undefined;
  const following = [...items.slice(index + 1), ...items.slice(0, index + 1)];
  return following.find(({ textContent }) => textContent?.trim().toLowerCase().startsWith(key.toLowerCase()));
}
