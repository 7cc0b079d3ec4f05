// Shows how much of a file has been sent; of several, each by itself. Without it a form is sent as any other.
"use strict";

// The page that answers. Rejects where the connection broke.
function sent(form, data, bar) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (so_far) => {
      if (so_far.lengthComputable) bar.value = so_far.loaded / so_far.total;
    });
    request.upload.addEventListener("load", () => bar.removeAttribute("value")); // it is being looked at
    request.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      resolve({ page, taken: request.status < 400 });
    });
    request.addEventListener("error", reject);
    request.open("POST", form.action);
    request.send(data);
  });
}

function show(page) {
  document.getElementById("main").replaceWith(page.getElementById("main"));
  document.querySelector("[autofocus]")?.focus();
}

async function send(form) {
  const bar = form.querySelector("progress");
  bar.parentElement.hidden = false;
  try {
    show((await sent(form, new FormData(form), bar)).page);
  } catch {
    form.submit();
  }
}

// A line for a file: its name, and how much of it has been sent.
function line(name) {
  const item = document.createElement("li"), called = document.createElement("bdi");
  const bar = document.createElement("progress");
  called.textContent = name;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  item.append(called, " ", bar);
  return item;
}

// What became of it, in the words of the page that answers, else in those of the form.
function settle(item, answer, form) {
  const told = answer?.page.querySelector("#became .problem, .summary:not(#became) li");
  const words = document.createElement("span");
  if (!answer?.taken) words.className = "problem";
  words.textContent = answer?.taken ? form.dataset.delivered : told?.textContent ?? form.dataset.broken;
  item.querySelector("progress").replaceWith(words);
  return Boolean(answer?.taken);
}

async function sendEach(form) {
  const list = form.querySelector("ul.sending"), field = form.querySelector("input[type=file]");
  list.hidden = false;
  let whole = true, last;
  for (const file of field.files) {
    const item = line(file.name), data = new FormData();
    list.append(item);
    for (const [name, value] of new FormData(form)) if (name !== field.name) data.append(name, value);
    data.append(field.name, file);
    last = await sent(form, data, item.querySelector("progress")).catch(() => null);
    whole = settle(item, last, form) && whole;
  }
  if (whole) {
    show(last.page);
    return;
  }
  const answer = await fetch(form.dataset.page).catch(() => null);
  if (answer?.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  const now = document.querySelector("form[data-sending-each]") ?? form;
  if (now !== form) now.querySelector("ul.sending").replaceWith(list);
  now.querySelector("button").disabled = false;
  list.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-sending], form[data-sending-each]");
  if (!form) return;
  event.preventDefault();
  form.querySelector("button").disabled = true;
  if ("sendingEach" in form.dataset) sendEach(form);
  else send(form);
});
