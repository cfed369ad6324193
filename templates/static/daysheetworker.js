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

// What the server says now is what is kept. Whoever is sent to sign in, or may
// not see the trip any more, has nothing left to see here. The pages were opened
// before the request left: signing out clears them, and an answer that was still
// on its way then goes with them instead of being kept where nobody would tidy.
async function fresh(request, pages) {
  const answer = await fetch(request);
  if (answer.type === "opaqueredirect" || answer.redirected || [401, 403, 404, 410].includes(answer.status)) await caches.delete(PAGES);
  else if (answer.ok && until(answer) > Date.now()) await pages.put(request.url, answer.clone()).catch(() => {}); // full, or cleared
  return answer;
}

async function sheet(request) {
  const pages = await caches.open(PAGES);
  try {
    return await fresh(request, pages);
  } catch (away) {
    const kept = await pages.match(request.url, { ignoreVary: true }) || await pages.match(request.url, { ignoreVary: true, ignoreSearch: true });
    if (kept && until(kept) > Date.now()) return kept;
    throw away;
  }
}

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (isSheet(url)) event.respondWith(sheet(event.request));
  else if (ASSETS.includes(url.pathname)) event.respondWith(caches.match(event.request, { ignoreVary: true }).then(kept => kept || fetch(event.request)));
  else if (event.request.mode === "navigate") event.waitUntil(tidy());
});

// A day sheet names the days that it wants to have kept.
self.addEventListener("message", event => event.waitUntil((async () => {
  const pages = await caches.open(PAGES);
  for (const path of event.data.keep || []) {
    const url = new URL(path, location.origin);
    if (isSheet(url)) await fresh(new Request(url, { credentials: "same-origin", redirect: "manual" }), pages).catch(() => {});
  }
  event.source?.postMessage({ kept: true });
})()));
