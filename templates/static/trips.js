// What the board of a trip's programme needs on top of app.js, which is loaded
// before this and has all() and on(). Activities are taken to another time, and
// people to an activity, by mouse or by keys; the server judges every place.

function programme(table) {
  const box = document.getElementById("board");
  const say = text => document.querySelector("#judge span").textContent = text;
  const cards = () => all(".meet", table);
  let held = null, shift = 0, asked = 0;
  const mark = (place, how) => {
    all(".over", table).forEach(e => e.classList.remove("over"));
    all("td.fits, td.breaks", table).forEach(e => e.classList.remove("fits", "breaks"));
    if (place?.matches(".meet")) place.classList.add("over");
    if (how) place?.closest("td").classList.add(how);
  };
  const letGo = () => {
    held?.classList.remove("held");
    held = null;
    mark();
  };
  const pick = thing => {
    letGo();
    held = thing;
    shift = 0;
    thing.classList.add("held");
    say(`${table.dataset.held}: ${thing.textContent.trim().replace(/\s+/g, " ")}`);
  };
  // What is wished: a person on a part, or an activity at a place.
  const wish = place => {
    if (held.dataset.person) return place?.dataset.seats === undefined ? null : { id: place.dataset.id, traveller: held.dataset.person };
    const cell = place?.closest("td"), stop = cell?.parentElement.dataset.stop;
    if (!stop) return null;
    const after = place.matches(".meet[data-seats]") && place !== held ? { after: place.dataset.id } : {};
    return { id: held.dataset.id, stop, day: cell.dataset.day, shift, ...after };
  };
  const ask = async (path, options) => {
    const answer = await fetch(table.dataset.programme + path, { headers: { Accept: "application/json" }, ...options });
    return answer.json();
  };
  const judge = async place => {
    const wanted = wish(place), mine = ++asked;
    mark(place);
    if (!wanted) return;
    const said = await ask(`/judge?${new URLSearchParams(wanted)}`);
    if (mine !== asked || !held) return;
    mark(place, said.ok ? "fits" : "breaks");
    say(said.text);
  };
  const drop = async place => {
    const wanted = wish(place), id = held.dataset.id || place?.dataset.id;
    if (!wanted) return;
    const path = wanted.traveller ? "/assign" : "/move";
    const said = await ask(path, { method: "POST", body: new URLSearchParams({ ...wanted, rev: table.dataset.rev }) });
    letGo();
    if (!said.ok) return say(said.text || said.detail);
    const now = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html").getElementById("board");
    box.replaceWith(now);
    const fresh = now.querySelector("table[data-programme]");
    programme(fresh);
    fresh.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus();
    say(said.text);
  };
  // Where a card goes by keys: a quarter of an hour, a day, a stop.
  let at = null;
  const step = key => {
    if (key === "ArrowUp" || key === "ArrowDown") shift += key === "ArrowUp" ? -15 : 15;
    else {
      const next = at.parentElement.cells[at.cellIndex + (key === "ArrowLeft" ? -1 : 1)];
      if (next?.dataset.day) at = next;
    }
    judge(at);
  };
  const move = (card, key) => {
    const list = cards(), i = list.indexOf(card), column = card.closest("td").cellIndex;
    if (key === "ArrowUp" || key === "ArrowDown") return list[i + (key === "ArrowUp" ? -1 : 1)]?.focus();
    const columns = list.filter(c => key === "ArrowLeft" ? c.closest("td").cellIndex < column : c.closest("td").cellIndex > column);
    const nearest = columns.sort((a, b) => Math.abs(a.closest("td").cellIndex - column) - Math.abs(b.closest("td").cellIndex - column))[0];
    nearest?.focus();
  };
  all("[data-person]", box).forEach(p => {
    p.setAttribute("role", "button");
    p.tabIndex = 0;
    p.draggable = true;
  });
  cards().forEach(c => c.draggable = c.dataset.move !== undefined);
  box.onkeydown = event => {
    const card = event.target.closest(".meet"), person = event.target.closest("[data-person]");
    const arrow = event.key.startsWith("Arrow"), choose = event.key === " " || event.key === "Enter";
    if (event.key === "Escape" && held) {
      letGo();
      say(table.dataset.freed);
    } else if (person && choose) pick(person);
    else if (card && held === card && arrow) step(event.key);
    else if (card && held === card && choose) drop(at);
    else if (card && held?.dataset.person && choose) drop(card);
    else if (card && arrow) move(card, event.key);
    else if (card && event.key === " " && card.draggable) {
      pick(card);
      at = card.closest("td");
    } else return;
    event.preventDefault();
  };
  table.addEventListener("focusin", event => held?.dataset.person && event.target.matches(".meet") && judge(event.target));
  box.ondragstart = event => {
    const thing = event.target.closest?.("[draggable=true]");
    if (thing) pick(thing);
    last = null;
  };
  let dropping = false, last = null;
  box.ondragend = () => dropping || letGo();
  const place = event => event.target.closest?.(".meet, td[data-day]");
  table.ondragenter = event => {
    const now = place(event);
    if (!held || !now || now === last) return;
    last = now;
    judge(now);
  };
  table.ondragover = event => held && place(event) && wish(place(event)) && event.preventDefault();
  table.ondrop = async event => {
    event.preventDefault();
    if (!held || !place(event)) return;
    dropping = true;
    await drop(place(event));
    dropping = false;
  };
}
all("table[data-programme]").forEach(programme);
