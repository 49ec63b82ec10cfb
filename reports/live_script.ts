/**
 * The script of the live page, which puts parts that come over the stream in their places.
 *
 * @module
 */

/**
 * The script. What it puts in was escaped by the server; the policy of the page forbids scripts in it. A part
 * keeps what a reader has unfolded and how far it was scrolled, and waits while it has the focus of the
 * keyboard or holds selected text.
 */
export const liveScript = `
"use strict";
const link = document.getElementById("link"), main = document.getElementById("main");
const waiting = new Map();
const isUsed = (part) => part.contains(document.activeElement) && document.activeElement.matches(":focus-visible")
  || (!getSelection().isCollapsed && part.contains(getSelection().anchorNode));
const put = (part, html) => {
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  const scrolled = [...part.querySelectorAll(".scroll")].map((one) => [one.scrollLeft, one.scrollTop]);
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((one, i) => one.open = open[i] ?? false);
  part.querySelectorAll(".scroll").forEach((one, i) => one.scrollTo(...(scrolled[i] ?? [0, 0])));
};
const putWaiting = () => {
  for (const [id, html] of waiting) {
    const part = document.getElementById(id);
    if (isUsed(part)) continue;
    waiting.delete(id);
    put(part, html);
  }
};
const stream = new EventSource("/events?from=" + encodeURIComponent(document.body.dataset.place));
stream.onopen = () => {
  document.body.classList.remove("lost");
  link.textContent = "live";
};
stream.onerror = () => {
  document.body.classList.add("lost");
  link.textContent = stream.readyState === EventSource.CLOSED
    ? "The connection to gfn watch is lost: load the page again"
    : "The connection to gfn watch is lost; trying again";
};
stream.addEventListener("parts", ({ data }) => {
  for (const [id, html] of Object.entries(JSON.parse(data))) waiting.set(id, html);
  putWaiting();
});
stream.addEventListener("main", ({ data }) => {
  waiting.clear();
  const { title, html } = JSON.parse(data);
  document.title = title;
  main.innerHTML = html;
});
stream.addEventListener("reload", () => location.reload());
setInterval(putWaiting, 1000);
`;
