"use strict";
/* What the pages of complaints can do with a script: print, and show the result of an act first. */
(() => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  document.getElementById("decided")?.focus();
})();
