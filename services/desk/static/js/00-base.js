"use strict";
/* What all pages need: forms are sent once, htmx's requests show that they are ours. */
document.addEventListener("htmx:configRequest", (event) => {
  const csrf = document.body.dataset.csrf;
  if (csrf) event.detail.headers["X-CSRF"] = csrf;
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("data-stays")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.me[open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
});
