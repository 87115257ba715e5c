// Tables in scrollable regions that can be focused with the keyboard.

import {el} from "./dom.js";

/**
 * @param columns with `name`, and `text: true` for columns without numbers
 * @param rows    lists of cells: text, a node, or a complete `td`; the first cell is the row's header
 */
export function table(caption, columns, rows, id) {
  return region(caption, el("table", {id}, el("caption", {}, el("span", {}, caption)),
    el("thead", {}, el("tr", {}, ...columns.map(column => el("th", {scope: "col", class: kind(column)}, column.name)))),
    el("tbody", {}, ...rows.map(cells => el("tr", {}, ...cells.map((cell, at) => asCell(cell, columns[at], at)))))));
}

/** A scrollable region. */
export function region(name, ...content) {
  return el("div", {class: "scroll", role: "region", tabindex: "0", "aria-label": name}, ...content);
}

function asCell(cell, column, at) {
  if (cell instanceof Element && cell.nodeName === "TD") {
    return cell;
  }
  return el(at === 0 ? "th" : "td", {scope: at === 0 ? "row" : null, class: kind(column)}, cell);
}

function kind(column) {
  return column.text ? "text" : "number";
}
