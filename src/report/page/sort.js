
"use strict";
// A click on a column's heading sorts by it; another one turns the order round.
for (const table of document.querySelectorAll("table.sortable")) {
  const [body] = table.tBodies;
  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    const value = (row) => {
      const cell = row.cells[heading.cellIndex];
      return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
    };
    button.addEventListener("click", () => {
      const up = heading.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        return typeof x === "number" ? x - y : x.localeCompare(y);
      });
      body.append(...(up ? rows : rows.reverse()));
    });
  }
}
// What is meant to be copied has a button, where a script may copy.
if (navigator.clipboard) {
  for (const source of document.querySelectorAll("pre.copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "take";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not copied";
      }
    });
    source.after(button);
  }
}
