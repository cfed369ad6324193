// Kohtaamo. Every page works without this file; it saves clicks and reloads.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, selector, act) => document.addEventListener(type, event => {
  const found = event.target.closest?.(selector);
  if (found) act(found, event);
});
const label = name => document.documentElement.dataset[name] || "";

// Say something for a moment, to screen readers too.
function toast(text) {
  const p = document.createElement("p");
  p.className = "toast";
  p.setAttribute("role", "status");
  p.textContent = text;
  document.body.append(p);
  setTimeout(() => p.remove(), 2500);
}

// What is wrong with a form is read first.
document.querySelector("[data-focus]")?.focus();

// Things that only work with a script are hidden until it runs.
all("[data-copy], [data-print], [data-share]").forEach(b => b.hidden = b.matches("[data-share]") && !navigator.share);
on("click", "[data-print]", () => print());
on("click", "[data-copy]", async b => {
  await navigator.clipboard.writeText(b.dataset.copy);
  toast(b.dataset.done || label("copied"));
});

// A dangerous button asks first: <button data-confirm="Cancel the event?">.
on("click", "button[data-confirm]", (button, event) => {
  if (button.dataset.sure) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  const text = document.createElement("p");
  const bar = document.createElement("div");
  const yes = document.createElement("button");
  const no = document.createElement("button");
  text.id = "confirm-text";
  text.textContent = button.dataset.confirm;
  bar.className = "actions";
  yes.className = "danger";
  yes.textContent = button.textContent.trim();
  no.textContent = label("cancel");
  bar.append(no, yes);
  dialog.setAttribute("aria-labelledby", text.id);
  dialog.append(text, bar);
  no.onclick = () => dialog.close();
  yes.onclick = () => {
    dialog.close();
    button.dataset.sure = "1";
    button.click();
  };
  dialog.onclose = () => { dialog.remove(); button.focus(); };
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
});

// Dialogs of the page: <button data-dialog="ID">, and data-close inside.
on("click", "[data-dialog]", (b, event) => {
  event.preventDefault();
  document.getElementById(b.dataset.dialog)?.showModal();
});
on("click", "[data-close]", b => b.closest("dialog")?.close());

// Menus close when one looks elsewhere.
document.addEventListener("click", event => all("details.menu[open]").forEach(d => { if (!d.contains(event.target)) d.open = false; }));
document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  all("details.menu[open]").forEach(d => { d.open = false; d.querySelector("summary").focus(); });
});

// A form is sent once, however often one presses.
document.addEventListener("submit", event => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (form.method !== "post" || event.defaultPrevented || form.target || event.submitter?.formTarget) return;
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => all("form[data-sent]").forEach(f => delete f.dataset.sent));

// A preview follows what is typed: <button data-preview="FRAME"> sends the form
// to the frame of that name. A new frame leaves nothing to go back to.
let previewing;
on("input", "form:has([data-preview])", form => {
  clearTimeout(previewing);
  previewing = setTimeout(() => {
    const button = form.querySelector("[data-preview]");
    const old = document.querySelector(`iframe[name="${button.dataset.preview}"]`);
    const frame = old.cloneNode();
    frame.removeAttribute("src");
    old.replaceWith(frame);
    form.requestSubmit(button);
  }, 600);
});

// Filters apply when they change: <form data-auto>.
on("change", "form[data-auto] select, form[data-auto] input:not([type=search])", input => input.form.requestSubmit());

// Bulk bars: <input type=checkbox data-all="ids"> ticks every input of that
// name; [data-bulk] is shown while any is, [data-bulk-count] says how many.
function countTicked(form) {
  const boxes = all("input[type=checkbox][name]:not([data-all])", form).filter(b => b.closest("tbody"));
  const n = boxes.filter(b => b.checked).length;
  all("[data-bulk]", form).forEach(bar => bar.hidden = n === 0);
  all("[data-bulk-count]", form).forEach(c => c.textContent = n);
  all("[data-all]", form).forEach(a => { a.checked = n > 0 && n === boxes.length; a.indeterminate = n > 0 && n < boxes.length; });
}
all("form:has([data-bulk])").forEach(countTicked);
on("change", "form:has([data-bulk]) input[type=checkbox]", box => {
  if (box.dataset.all) all(`input[name="${CSS.escape(box.dataset.all)}"]`, box.form).forEach(b => b.checked = box.checked);
  countTicked(box.form);
});

// Fields that belong to an answer: data-shown-when="mode=online|hybrid", or
// "approval" for a ticked box. Hidden ones are not sent.
function condition(field) {
  const [name, values] = field.dataset.shownWhen.split("=");
  const form = field.closest("form");
  const inputs = all(`[name="${CSS.escape(name)}"]`, form);
  const given = inputs.filter(i => !/radio|checkbox/.test(i.type) || i.checked).map(i => i.value);
  const shown = values === undefined ? given.some(v => v !== "") : values.split("|").some(v => given.includes(v));
  field.hidden = !shown;
  all("input, select, textarea", field).forEach(i => i.disabled = !shown);
}
const conditions = () => all("[data-shown-when]").forEach(condition);
conditions();
document.addEventListener("change", conditions);

// Live figures: <div data-live="/address"> with <b data-live-key="free"> inside.
// The address answers JSON, or a stream of it where data-live-stream stands.
function live(box) {
  const show = data => all("[data-live-key]", box).forEach(e => {
    const value = data[e.dataset.liveKey];
    if (value === undefined) return;
    if (e.localName === "progress") e.value = value;
    else if (e.textContent !== String(value)) e.textContent = value;
  });
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(box.dataset.live, { headers: { Accept: "application/json" } });
      if (answer.ok) show(await answer.json());
    } catch { /* the network is away; the next try may find it */ }
  };
  const every = Number(box.dataset.liveEvery || 10) * 1000;
  if ("liveStream" in box.dataset && window.EventSource) {
    const stream = new EventSource(box.dataset.live);
    stream.onmessage = event => show(JSON.parse(event.data));
    addEventListener("pagehide", () => stream.close());
  } else {
    setInterval(ask, every);
    document.addEventListener("visibilitychange", ask);
  }
}
all("[data-live]").forEach(live);

// Check-in by camera: <div class="scan" data-scan="INPUT-ID" hidden> holds a
// button, a <video> and a status line. A code that was read is put into the
// input and its form is sent.
function scanner(box) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const video = box.querySelector("video"), input = document.getElementById(box.dataset.scan);
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  let stream = null;
  const stop = () => {
    stream?.getTracks().forEach(t => t.stop());
    stream = null;
    video.hidden = true;
  };
  const look = async () => {
    if (!stream) return;
    const codes = await detector.detect(video).catch(() => []);
    if (codes.length === 0) return requestAnimationFrame(look);
    input.value = codes[0].rawValue;
    navigator.vibrate?.(80);
    stop();
    input.form.requestSubmit();
  };
  box.hidden = false;
  video.hidden = true;
  const start = async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      box.hidden = true; // no camera, or none allowed: there is the field
      return input.focus();
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    look();
  };
  box.querySelector("button").addEventListener("click", start);
  if ("scanNow" in box.dataset) start();
}
all("[data-scan]").forEach(scanner);

// What a finger touches is fetched before it lets go.
const fetched = new Set();
on("touchstart", "a[href^='/']", link => {
  if (link.download || link.search || /\.(ics|csv|xlsx|pdf)$/.test(link.pathname) || fetched.has(link.href) || navigator.connection?.saveData) return;
  fetched.add(link.href);
  const hint = document.createElement("link");
  hint.rel = "prefetch";
  hint.href = link.href;
  document.head.append(hint);
});
