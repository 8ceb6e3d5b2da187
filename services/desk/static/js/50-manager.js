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
