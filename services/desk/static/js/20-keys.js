"use strict";
/* Single keys. An element with `data-key="x"` is pressed, or a field entered, by the key `x`: one in the chosen row
   before one elsewhere. `j` and `k` go through `.rows`; `?` shows which keys a page has. Never while somebody types or
   composes, and never with a modifier, so that no key of the browser's is taken away. The menu switches them off. */
(() => {
  const OFF = "keys-off";
  const isOff = () => window.localStorage.getItem(OFF) === "1";
  const typesInto = (element) => element.isContentEditable ||
    (element.matches("input, textarea, select") && !["checkbox", "radio", "button", "submit"].includes(element.type));
  const isSeen = (element) => element.getClientRects().length > 0 && !element.disabled;
  const rows = () => [...document.querySelectorAll(".rows > .row")].filter(isSeen);
  const chosen = () => document.querySelector(".rows > .row.chosen") ?? document.activeElement.closest(".rows > .row");

  function choose(step) {
    const all = rows();
    if (!all.length) return false;
    const now = all.indexOf(chosen());
    const next = all[now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1)];
    for (const each of all) each.classList.toggle("chosen", each === next);
    (next.querySelector(".row-main, a, button") ?? next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  function find(key) {
    const row = chosen(), wanted = `[data-key="${CSS.escape(key)}"]`;
    const within = row ? [...row.querySelectorAll(wanted)] : [];
    return [...within, ...[...document.querySelectorAll(wanted)].filter((each) => !each.closest(".rows > .row"))].find(isSeen);
  }

  function use(element) {
    if (typesInto(element)) { element.focus(); if (element.select) element.select(); } else element.click();
  }

  function labelOf(element) {
    const label = element.labels && element.labels[0];
    return (element.dataset.keyWords || element.getAttribute("aria-label") || (label && label.textContent) ||
      element.textContent || element.title || "").trim().replace(/\s+/g, " ");
  }

  function help() {
    const dialog = document.getElementById("keys");
    if (!dialog || dialog.open) return;
    const list = dialog.querySelector("dl");
    for (const old of list.querySelectorAll("[data-found]")) old.remove();
    for (const each of list.querySelectorAll("[data-keys-of-rows]")) each.hidden = !rows().length;
    const told = new Set();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (told.has(element.dataset.key) || !isSeen(element)) continue;
      told.add(element.dataset.key);
      const line = document.createElement("div"), term = document.createElement("dt");
      const key = document.createElement("kbd"), what = document.createElement("dd");
      key.textContent = element.dataset.key;
      what.textContent = labelOf(element);
      line.dataset.found = "";
      term.append(key);
      line.append(term, what);
      list.prepend(line);
    }
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.altKey || event.metaKey || isOff()) return;
    if (typesInto(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); help(); return; }
    const element = event.key.length === 1 || event.key === "Escape" ? find(event.key) : undefined;
    if (element) { event.preventDefault(); use(element); return; }
    if ((event.key === "j" && choose(1)) || (event.key === "k" && choose(-1))) event.preventDefault();
    if (event.key === "Enter" && event.target === document.body && chosen()) {
      const main = chosen().querySelector(".row-main, a, button");
      if (main) { event.preventDefault(); main.click(); }
    }
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest(".rows > .row");
    if (row) for (const each of rows()) each.classList.toggle("chosen", each === row);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    if (event.target.checked) window.localStorage.removeItem(OFF); else window.localStorage.setItem(OFF, "1");
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const each of document.querySelectorAll("[data-keys-switch]")) {
      each.checked = !isOff();
      each.closest(".switch").hidden = false;
    }
  });
})();
