"use strict";
/* Many are chosen at once. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose-all]");
  if (!button) return;
  const boxes = [...button.form.querySelectorAll("input[type=checkbox][name=task]")];
  const chosen = boxes.some((each) => !each.checked);
  for (const each of boxes) each.checked = chosen;
});
for (const each of document.querySelectorAll("[data-choose-all]")) each.hidden = false;
/* A file that is taken away leaves the page as it is: its form can be sent again. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.download === undefined) return;
  setTimeout(() => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }, 1500);
});
