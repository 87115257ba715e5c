// What a screen reader could not tell, or would tell in a wrong order.
() => {
  const found = [];
  const all = selector => [...document.querySelectorAll(selector)];
  const named = element => (element.getAttribute("aria-label") || document.getElementById(element.getAttribute("aria-labelledby"))?.textContent || "").trim();
  all("section, [role=region], [role=img], meter, article").filter(element => !named(element))
    .forEach(element => found.push("no name: " + element.outerHTML.slice(0, 80)));
  all("a, summary").filter(element => !element.textContent.trim()).forEach(element => found.push("no text: " + element.outerHTML.slice(0, 80)));
  all("svg").filter(picture => picture.getAttribute("role") !== "img" && picture.getAttribute("aria-hidden") !== "true")
    .forEach(picture => found.push("neither a picture with a name nor hidden: " + picture.outerHTML.slice(0, 80)));
  all("table").forEach(table => {
    if (!table.caption?.textContent.trim()) {
      found.push("no caption: " + table.outerHTML.slice(0, 80));
    }
    table.querySelectorAll("th").forEach(head => head.scope || found.push("no scope: " + head.outerHTML.slice(0, 80)));
    table.querySelectorAll("tbody tr").forEach(row => row.cells[0].nodeName === "TH" || found.push("no row header: " + row.textContent.slice(0, 80)));
  });
  all("h1, h2, h3, h4").map(head => Number(head.nodeName[1])).reduce((before, level) => {
    if (level > before + 1) {
      found.push(`h${level} after h${before}`);
    }
    return level;
  }, 0);
  for (const landmark of ["header", "main", "footer"]) {
    if (all("body > " + landmark).length !== 1) {
      found.push("not one " + landmark);
    }
  }
  if (all("h1").length !== 1 || !document.documentElement.lang || !document.title) {
    found.push("no single h1, no language or no title");
  }
  const ids = all("[id]").map(element => element.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach(id => found.push("twice: #" + id));
  return found;
}
