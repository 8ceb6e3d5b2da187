"use strict";
/* What is found while somebody types goes away with Escape, with a click elsewhere, and when all is deleted. */
(() => {
  const clear = () => {
    const found = document.getElementById("found");
    if (found) found.replaceChildren();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && event.target.closest && event.target.closest("form.find")) clear();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("form.find")) clear();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "find" && !event.target.value.trim()) clear();
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (event.target.id === "find" && event.target.value.trim().length < 2) event.preventDefault();
  });
})();
