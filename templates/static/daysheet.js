// What a day sheet needs on top of app.js, which is loaded before this. What is
// marked and noted without a network waits here until it is back; each has the
// moment it was noted at and a name of its own, so that sending it twice does
// nothing twice.
const box = document.getElementById("daysheet");
const line = document.getElementById("waiting");
const store = "daysheet/" + box.dataset.trip;
const read = () => JSON.parse(localStorage.getItem(store) || "[]");
const write = list => list.length ? localStorage.setItem(store, JSON.stringify(list)) : localStorage.removeItem(store);
let away = !navigator.onLine, sending = false, signedOut = false;

function show() {
  const n = read().length;
  const text = signedOut ? box.dataset.signedOut : away ? box.dataset.offline : n ? box.dataset.sending : "";
  line.hidden = !text;
  line.querySelector("span").textContent = text.replace("{n}", n);
  all("form[data-online] button").forEach(b => b.disabled = away);
}

// A mark is shown at once, whether it could be sent or not.
function mark(part, value) {
  const [id, present] = value.split(" ");
  const form = document.querySelector(`form[data-part="${CSS.escape(part)}"]`);
  if (!form) return;
  all("button", form).filter(b => b.value.startsWith(id + " ")).forEach(b => b.setAttribute("aria-pressed", b.value === id + " " + present));
  const count = document.getElementById("here-" + part);
  if (count) count.textContent = all('button[aria-pressed="true"]', form).filter(b => b.value.endsWith(" 1")).length;
}

function note(text, wait) {
  const item = document.createElement("li");
  const p = document.createElement("p");
  p.textContent = text;
  p.dir = "auto";
  item.append(p);
  item.dataset.waits = wait;
  document.getElementById("notes").prepend(item);
}

const lookAgain = () => read().forEach(x => x.fields.mark && mark(x.fields.part, x.fields.mark));

async function send() {
  if (sending) return;
  sending = true;
  let sent = 0;
  try {
    for (let list = read(); list.length; list = read()) {
      const next = list[0];
      const answer = await fetch(next.path, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(next.fields), redirect: "manual" });
      away = false;
      signedOut = answer.type === "opaqueredirect" || answer.status === 401;
      if (signedOut || answer.status === 429 || answer.status >= 500) break;
      write(read().filter(x => x.key !== next.key)); // kept, or refused for good
      if (!answer.ok) toast(box.dataset.refused);
      sent++;
    }
  } catch {
    away = true;
  }
  sending = false;
  show();
  if (sent && !read().length) refresh();
}

// What the server has takes the place of what was shown; the worker keeps it.
async function refresh() {
  try {
    const answer = await fetch(location.href);
    const now = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const old = document.getElementById("sheet"), next = now && now.getElementById("sheet");
    if (next && !old.contains(document.activeElement) && !read().length) {
      const open = all("details[open][id]", old).map(d => d.id);
      old.replaceChildren(...next.childNodes);
      open.forEach(id => document.getElementById(id)?.setAttribute("open", ""));
      show();
    }
  } catch {
    away = true;
    show();
  }
}

const name = () => [...crypto.getRandomValues(new Uint8Array(8))].map(b => b.toString(16).padStart(2, "0")).join("");

on("submit", "form[data-later]", (form, event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  const key = name();
  fields.at = new Date().toISOString();
  if ("id" in fields) fields.id = key;
  if ("text" in fields && !fields.text.trim()) return form.querySelector("textarea").focus();
  write([...read(), { key, path: new URL(form.action).pathname, fields }]);
  if (fields.mark) mark(fields.part, fields.mark);
  else {
    note(fields.text, key);
    form.reset();
  }
  show();
  send();
});

const again = () => { if (away || read().length) look(); };
addEventListener("online", look);
addEventListener("offline", () => { away = true; show(); });
setInterval(again, 15000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });

// Whether the server can be reached, and whether it still knows who asks. Only
// what is asked past the worker tells.
async function look() {
  try {
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" });
    away = false;
    signedOut = answer.type === "opaqueredirect";
  } catch {
    away = true;
  }
  show();
  if (!away && !signedOut) send();
}

lookAgain();
show();
look();

// Signing out takes everything from this device, also what was not sent.
on("submit", 'form[action="/logout"]', () => { localStorage.removeItem(store); });

navigator.serviceWorker?.register(box.dataset.worker, { scope: box.dataset.scope }).then(async () => {
  const ready = await navigator.serviceWorker.ready;
  navigator.serviceWorker.onmessage = () => { box.dataset.kept = "1"; };
  ready.active.postMessage({ keep: [location.pathname + location.search, ...all("a[data-keep]").map(a => a.pathname + a.search)] });
}).catch(() => {}); // without it the sheet works while there is a network
