// Shows how much of a file has been sent. Without it the form is sent as any other.
"use strict";

function send(event) {
  const form = event.target.closest("form[data-sending]");
  if (!form) return;
  event.preventDefault();
  const bar = form.querySelector("progress"), request = new XMLHttpRequest();
  bar.parentElement.hidden = false;
  form.querySelector("button").disabled = true;
  request.upload.addEventListener("progress", (sent) => {
    if (sent.lengthComputable) bar.value = sent.loaded / sent.total;
  });
  request.addEventListener("load", () => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.getElementById("main").replaceWith(page.getElementById("main"));
    document.querySelector("[autofocus]")?.focus();
  });
  request.addEventListener("error", () => form.submit());
  request.open("POST", form.action);
  request.send(new FormData(form));
}

document.addEventListener("submit", send);
