// What the pages of a round's schedule need on top of app.js, which is loaded
// before this and has all() and on().

// Real tables as grids: arrow keys move between the cells' own controls.
on("keydown", "table[data-grid]", (table, event) => {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  const cell = event.target.closest("td, th");
  if (!step || !cell || /^(input|select|textarea)$/.test(event.target.localName)) return;
  let row = cell.parentElement.rowIndex, column = cell.cellIndex;
  for (;;) {
    row += step[0];
    column += step[1];
    const next = table.rows[row]?.cells[column];
    if (!next) return;
    const target = next.querySelector("a, button, [tabindex]");
    if (target) {
      event.preventDefault();
      return target.focus();
    }
  }
});

// A page that goes on by itself: <main data-again="SECONDS"> is fetched again,
// and what stands in [data-fresh] is taken over.
function again(main) {
  const look = async () => {
    try {
      const answer = document.hidden ? null : await fetch(location.href);
      if (answer?.ok) {
        const now = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!now.querySelector("main[data-again]")) return location.reload();
        all("[data-fresh]").forEach(e => {
          const fresh = now.getElementById(e.id);
          if (fresh && !e.contains(document.activeElement) && !e.querySelector("details[open]") && fresh.innerHTML !== e.innerHTML) e.replaceChildren(...fresh.childNodes);
        });
      }
    } catch { /* the network is away; the next try may find it */ }
    setTimeout(look, main.dataset.again * 1000);
  };
  setTimeout(look, main.dataset.again * 1000);
}
all("main[data-again]").forEach(again);

// The board of a schedule: <table data-board="/address">. Meetings are picked up
// and put down by mouse or by keys; the server judges every place.
function board(table) {
  const say = text => document.querySelector("#judge span").textContent = text;
  const cells = () => all("td[data-table]", table);
  let held = null, asked = 0, verdict = null, dropping = false;
  const go = cell => {
    cells().forEach(c => c.tabIndex = c === cell ? 0 : -1);
    cell.focus();
  };
  const wanted = (cell, more) => new URLSearchParams({ proposal: table.dataset.proposal, key: held.dataset.key, rev: held.dataset.rev, slot: cell.parentElement.dataset.slot, table: cell.dataset.table, ...more });
  const letGo = () => {
    held?.classList.remove("held");
    held = verdict = null;
    cells().forEach(c => c.classList.remove("fits", "swaps", "breaks"));
  };
  const pick = meet => {
    letGo();
    held = meet;
    meet.classList.add("held");
    say(`${table.dataset.held}: ${meet.textContent.trim()}`);
  };
  const ask = async (path, options) => {
    const answer = await fetch(table.dataset.board + path, { headers: { Accept: "application/json" }, ...options });
    return { ...await answer.json(), status: answer.status };
  };
  const judge = async cell => {
    if (cell.contains(held)) return;
    const mine = ++asked, said = await ask(`/judge?${wanted(cell)}`);
    if (mine !== asked || !held) return;
    verdict = { cell, swap: said.swap };
    cell.classList.add(said.ok ? "fits" : said.swap ? "swaps" : "breaks");
    say(said.text);
  };
  const drop = async cell => {
    if (cell.contains(held)) return letGo();
    dropping = true;
    if (verdict?.cell !== cell) await judge(cell);
    const said = await ask("/move", { method: "POST", body: wanted(cell, verdict?.swap ? { swap: "1" } : {}) });
    dropping = false;
    if (!said.ok) return say(said.text || said.detail);
    const at = [cell.parentElement.rowIndex, cell.cellIndex];
    const now = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html").getElementById("board");
    document.getElementById("board").replaceWith(now);
    const fresh = now.querySelector("table[data-board]");
    board(fresh);
    fresh.rows[at[0]].cells[at[1]].focus();
    say(said.text);
  };
  table.setAttribute("role", "grid");
  all(".meet", table).forEach(m => m.tabIndex = -1);
  cells().forEach((c, i) => c.tabIndex = i ? -1 : 0);
  table.onkeydown = event => {
    const cell = event.target.closest("td[data-table]"), meet = cell?.querySelector(".meet");
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!cell) return;
    if (step) {
      const next = table.rows[cell.parentElement.rowIndex + step[0]]?.cells[cell.cellIndex + step[1]];
      if (!next?.dataset.table) return;
      go(next);
      if (held) judge(next);
    } else if (event.key === "Enter" || event.key === " ") {
      if (event.shiftKey && meet) return meet.click();
      if (held) drop(cell);
      else if (meet) pick(meet);
    } else if (event.key === "Escape" && held) {
      letGo();
      say(table.dataset.freed);
    } else return;
    event.preventDefault();
  };
  const box = document.getElementById("board");
  box.ondragstart = event => event.target.matches(".meet") && pick(event.target);
  box.ondragend = () => dropping || letGo();
  table.ondragenter = event => held && event.target.closest("td[data-table]") && judge(event.target.closest("td[data-table]"));
  table.ondragover = event => held && event.target.closest("td[data-table]") && event.preventDefault();
  table.ondrop = event => {
    event.preventDefault();
    const cell = event.target.closest("td[data-table]");
    if (held && cell) drop(cell);
  };
}
all("table[data-board]").forEach(board);
