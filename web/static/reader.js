// Of the page reader: keys, and a sign of life every 20 seconds, by which a page goes when it may not be read any more.
"use strict";

const reader = document.getElementById("reader");
const BEAT = 20_000, LONGEST = 45_000;
let heard = Date.now();

function end() {
  clearInterval(beating);
  reader.querySelector(".leaf").remove();
  reader.querySelector(".ended").hidden = false;
}

async function beat() {
  try {
    const answer = await fetch(reader.dataset.beat, { method: "POST", signal: AbortSignal.timeout(BEAT - 1000) });
    if (answer.ok) heard = Date.now();
    else if (answer.status < 429) return end();
  } catch {
    // the connection may come back
  }
  if (Date.now() - heard > LONGEST) end();
}

const beating = setInterval(beat, BEAT);
document.addEventListener("visibilitychange", () => document.hidden || beat());

const keys = { ArrowLeft: "a[rel=prev]", ArrowRight: "a[rel=next]", "+": "a[data-key='+']", "=": "a[data-key='+']", "-": "a[data-key='-']" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const link = keys[event.key] && document.querySelector(keys[event.key]);
  const leaf = document.getElementById("leaf");
  if (!link || (event.target === leaf && leaf.scrollWidth > leaf.clientWidth && event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  link.click();
});
