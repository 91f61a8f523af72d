/** Terms of an explained number: a table of products, largest first, with running sums. */

import { count, formatNumber, signed, trimmed } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { operand, result } from "./cell_link.js";
import { summed, verdict } from "./text.js";

/** @import { Explanation, Factor, Term } from "../api.d.ts" */
/** @import { Shared } from "./cell_link.js" */
/** Products, and their running sums. @typedef {{products: number[], sums: number[], scale: number}} Growth */

/** Longer lists of terms are folded to this length. */
const FOLD_ABOVE = 14;
const FOLDED_TO = 10;
const DIGITS = 5;
const SUM_DIGITS = 9;

/**
 * @param {Explanation} answer
 * @param {boolean} all
 * @param {Shared} shared
 */
export function terms(answer, all, shared) {
  const listed = all || answer.terms.length <= FOLD_ABOVE ? answer.terms : answer.terms.slice(0, FOLDED_TO);
  const rest = smaller(answer, listed.length);
  const products = listed.map(({ product }) => product);
  const growth = grown(rest ? [...products, rest.sum] : products);
  const symbols = commonSymbols(listed);
  return html`
      <table class=${symbols ? "alike" : ""}>
        <caption class="vh">Its ${count(answer.count)} terms, largest first</caption>
        <thead>
          <tr>
            <th scope="col">${NOUNS[answer.over] ?? "part"}</th>
            <th scope="col" class="factors">${symbols ? symbols.map((symbol, i) => html`${i ? " · " : ""}<i>${symbol}</i>`) : "factors"}</th>
            <th scope="col" class="product">product</th>
            <th scope="col" class="graph"><span class="vh">drawn</span></th>
          </tr>
        </thead>
        <tbody>
          ${listed.map((term, i) => row(term, i, { symbols, growth, shared }))}
          ${rest ? folded({ ...rest, listed: listed.length }, answer, growth, shared) : nothing}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colspan="2">${summed(answer)}</th>
            <td class="product"><data class="sum" value=${String(answer.sum)}>${formatNumber(answer.sum, SUM_DIGITS)}</data></td>
            <td class="graph">${bar(answer.sum, answer.sum, growth.scale, "total")}</td>
          </tr>
        </tfoot>
      </table>
      <p class="verdict" data-bound=${String(answer.bound)}>${verdict(answer)}</p>
      ${listed.length > 1 ? html`<p class="key" aria-hidden="true"><span class="block"></span> below zero <span class="block plus"></span> above zero <span class="tick"></span> running sum</p>` : nothing}
  `;
}

/** @type {Record<string, string>} */
const NOUNS = { samples: "sample", inputs: "input", units: "unit", classes: "class", occurrences: "occurrence" };

/** @param {Explanation} answer @param {number} listed @returns {{count: number, sum: number} | null} the terms not listed */
function smaller({ terms, left_out }, listed) {
  const more = terms.slice(listed).reduce((sum, { product }) => sum + product, 0);
  const number = terms.length - listed + (left_out?.count ?? 0);
  return number ? { count: number, sum: more + (left_out?.sum ?? 0) } : null;
}

/** @param {number[]} products @returns {Growth} */
function grown(products) {
  let sum = 0;
  const sums = products.map((product) => {
    sum += product;
    return sum;
  });
  const scale = Math.max(...[...products, ...sums].map(Math.abs).filter(Number.isFinite), 0);
  return { products, sums, scale };
}

/** Symbols shared by the terms, for the column's heading; null if they differ. @param {Term[]} listed */
function commonSymbols(listed) {
  const texts = listed.map(({ factors }) => factors.map(({ symbol }) => symbol).join(" · "));
  const common = texts.find((text, i) => texts.indexOf(text) !== i);
  return common ? (listed[texts.indexOf(common)]?.factors.map(({ symbol }) => symbol) ?? null) : null;
}

/**
 * @param {Term} term
 * @param {number} i
 * @param {{symbols: string[] | null, growth: Growth, shared: Shared}} all  what its rows share
 */
function row({ label, factors, product }, i, { symbols, growth, shared }) {
  const named = symbols?.join() !== factors.map(({ symbol }) => symbol).join();
  return html`
    <tr>
      <th scope="row">${label}</th>
      <td class="factors">${factors.map((factor, k) => html`${k ? " × " : ""}${one(factor, named, shared)}`)}</td>
      <td class="product"><data class="term" value=${String(product)}>${signed(product, DIGITS)}</data></td>
      <td class="graph">${bar(product, growth.sums[i], growth.scale)}</td>
    </tr>
  `;
}

/**
 * @param {Factor} factor
 * @param {boolean} named
 * @param {Shared} shared
 */
function one({ symbol, value, cell, is_function }, named, shared) {
  const text = cell ? formatNumber(value, DIGITS) : trimmed(value, DIGITS);
  // The symbol of a constant may be its value: −1.
  const letter = named && symbol !== text ? html`<i>${symbol}</i> ` : nothing;
  if (!cell) return html`<span class="factor">${letter}${text}</span>`;
  if (!is_function)
    return html`<span class="factor">${letter}${shared.swatch(cell)}${operand(cell, shared, text)}</span>`;
  return html`<span class="factor">${letter}${shared.swatch(cell)}${result(cell, shared, text, symbol)} <small>from ${formatNumber(cell.value, DIGITS)}</small></span>`;
}

/**
 * @param {{count: number, sum: number, listed: number}} rest
 * @param {Explanation} answer
 * @param {Growth} growth
 * @param {Shared} shared
 */
function folded({ count: number, sum, listed }, { terms }, growth, { actions }) {
  return html`
    <tr class="folded">
      <th scope="row" colspan="2">
        and ${count(number)} smaller ${number === 1 ? "one" : "ones"}
        ${
          terms.length > listed
            ? html`<button type="button" class="operand" @click=${actions.explain.showAllTerms}>Show ${terms.length < listed + number ? `the largest ${count(terms.length)}` : "all"}</button>`
            : nothing
        }
      </th>
      <td class="product"><data class="term" value=${String(sum)}>${signed(sum, DIGITS)}</data></td>
      <td class="graph">${bar(sum, growth.sums[listed], growth.scale)}</td>
    </tr>
  `;
}

/**
 * Bar from zero to a product, with a tick at the running sum.
 * @param {number} product
 * @param {number} sum
 * @param {number} scale
 * @param {string} [kind]
 */
function bar(product, sum, scale, kind = "") {
  const at = (/** @type {number} */ value) => (scale > 0 && Number.isFinite(value) ? 50 + (50 * value) / scale : 50);
  const [left, right] = [at(0), at(product)].toSorted((a, b) => a - b);
  const place = `--left: ${left.toFixed(2)}%; --width: ${(right - left).toFixed(2)}%; --sum: ${at(sum).toFixed(2)}%`;
  return html`<span class="why-bar ${kind} ${product > 0 ? "plus" : ""}" aria-hidden="true" .style=${place}></span>`;
}
