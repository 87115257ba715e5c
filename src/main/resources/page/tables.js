// Tables that scroll inside a region of their own, which the keyboard reaches.

import {el} from "./dom.js";

/**
 * @param caption what the table shows
 * @param columns of `name`, and `text` for a column that holds no numbers
 * @param rows    lists of cells: text, a node, or an element `td` to be used as it is; the first is the row's header
 */
export function table(caption, columns, rows, id) {
  return region(caption, el("table", {id}, el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...columns.map(column => el("th", {scope: "col", class: kind(column)}, column.name)))),
    el("tbody", {}, ...rows.map(cells => el("tr", {}, ...cells.map((cell, at) => asCell(cell, columns[at], at)))))));
}

/** What is wider or higher than the page has room for. */
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
