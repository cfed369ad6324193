// Keeps the day sheets of trips, and what they need to be shown, for a leader
// without a network. The server puts VERSION and ASSETS in front of this.
"use strict";

const FILES = "daysheet-files-" + VERSION;
const PAGES = "daysheet-pages";
const isSheet = url => url.origin === location.origin && /^\/organise\/trips\/[^/]+\/day$/.test(url.pathname);

self.addEventListener("install", event => event.waitUntil((async () => {
  await (await caches.open(FILES)).addAll(ASSETS);
  await self.skipWaiting();
})()));

self.addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("daysheet-files-") && name !== FILES) await caches.delete(name);
  await tidy();
  await self.clients.claim();
})()));

// A page is kept as long as its answer says: a day longer than the trip.
const until = answer => Number(answer.headers.get("X-Keep-Until") || 0);

async function tidy() {
  if (!await caches.has(PAGES)) return;
  const pages = await caches.open(PAGES);
  for (const request of await pages.keys()) {
    const answer = await pages.match(request);
    if (!answer || until(answer) < Date.now()) await pages.delete(request);
  }
}

// Once somebody signs out nothing is kept any more: the answer clears what there
// is, and ends this worker. Whatever is still on its way comes too late.
let signedOut = false;

// What the server says now is what is kept. Whoever is sent to sign in, or may
// not see the trip any more, has nothing left to see here.
async function fresh(request) {
  const answer = await fetch(request);
  if (answer.type === "opaqueredirect" || answer.redirected || [401, 403, 404, 410].includes(answer.status)) await caches.delete(PAGES);
  else if (answer.ok && !signedOut && until(answer) > Date.now()) await (await caches.open(PAGES)).put(request.url, answer.clone());
  return answer;
}

async function sheet(request) {
  try {
    return await fresh(request);
  } catch (away) {
    if (!await caches.has(PAGES)) throw away;
    const pages = await caches.open(PAGES);
    const kept = await pages.match(request.url, { ignoreVary: true }) || await pages.match(request.url, { ignoreVary: true, ignoreSearch: true });
    if (kept && until(kept) > Date.now()) return kept;
    throw away;
  }
}

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (url.origin === location.origin && url.pathname === "/logout") signedOut = true;
  if (event.request.method !== "GET") return;
  if (isSheet(url)) event.respondWith(sheet(event.request));
  else if (ASSETS.includes(url.pathname)) event.respondWith(caches.match(event.request, { ignoreVary: true }).then(kept => kept || fetch(event.request)));
  else if (event.request.mode === "navigate") event.waitUntil(tidy());
});

// A day sheet names the days that it wants to have kept.
self.addEventListener("message", event => event.waitUntil((async () => {
  for (const path of event.data.keep || []) {
    const url = new URL(path, location.origin);
    if (isSheet(url)) await fresh(new Request(url, { credentials: "same-origin", redirect: "manual" })).catch(() => {});
  }
  event.source?.postMessage({ kept: true });
})()));
