"use strict";
/* What somebody types into a form with `data-draft` outlives a reload, a signing in again and a service that is away.
   It is kept in this tab alone, under the form's id and the page's address, never a password; it is forgotten once it
   is sent, and when somebody else signs in. A page with `data-draft-kept` says that what was sent was not taken. */
(() => {
  const PREFIX = "draft:", SENT = "draft-sent", WHOSE = "draft-of";
  const store = window.sessionStorage;
  const keyOf = (form) => `${PREFIX}${location.pathname}:${form.id}`;
  const kept = (form) => [...form.elements].filter((each) => each.name && !each.disabled &&
    !["hidden", "password", "file", "submit", "button", "reset"].includes(each.type));
  const drafts = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const forget = (key) => { if (key) store.removeItem(key); };
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

  function save(form) {
    const draft = {};
    for (const field of kept(form)) {
      if (isTicked(field)) (draft[field.name] ??= []).push(...(field.checked ? [field.value] : []));
      else if (field.multiple) draft[field.name] = [...field.selectedOptions].map((each) => each.value);
      else draft[field.name] = field.value;
    }
    try { store.setItem(keyOf(form), JSON.stringify(draft)); } catch { /* full: the form itself still has it */ }
  }

  function restore(form) {
    const found = store.getItem(keyOf(form));
    if (!found || form.dataset.draftRestored) return false;
    form.dataset.draftRestored = "1";
    const draft = JSON.parse(found);
    let changed = false;
    for (const field of kept(form)) {
      if (!(field.name in draft)) continue;
      const was = draft[field.name];
      if (isTicked(field)) { changed ||= field.checked !== was.includes(field.value); field.checked = was.includes(field.value); }
      else if (field.multiple) { for (const each of field.options) each.selected = was.includes(each.value); }
      else { changed ||= field.value !== was; field.value = was; }
    }
    if (changed) form.dispatchEvent(new Event("change", { bubbles: true }));
    return changed;
  }

  function restoreAll(root) {
    let any = false;
    for (const form of root.querySelectorAll("form[data-draft][id]")) any = restore(form) || any;
    const words = document.getElementById("draft-words"), said = document.getElementById("said");
    if (any && words && said && !said.textContent.trim()) {
      said.textContent = words.innerHTML;
      window.setTimeout(() => { said.textContent = ""; }, 5000);
    }
  }

  function begin() {
    const user = document.body.dataset.user;
    if (user !== undefined) {
      if (store.getItem(WHOSE) !== user) drafts().forEach(forget);
      store.setItem(WHOSE, user);
    }
    const sent = store.getItem(SENT), [how] = performance.getEntriesByType("navigation");
    store.removeItem(SENT);
    const isAnswer = how && how.type === "navigate";
    if (sent && isAnswer && !document.querySelector("[data-draft-kept]")) forget(sent);
    if (user !== undefined) restoreAll(document);
  }

  const draftOf = (event) => event.target.closest && event.target.closest("form[data-draft][id]");
  document.addEventListener("input", (event) => { const form = draftOf(event); if (form) save(form); });
  document.addEventListener("change", (event) => { const form = draftOf(event); if (form) save(form); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-ends")) { drafts().forEach(forget); return; }
    if (event.defaultPrevented || !form.matches("form[data-draft][id]")) return;
    save(form);
    store.setItem(SENT, keyOf(form));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt && event.detail.elt.closest("form[data-draft][id]");
    if (form && event.detail.successful && event.detail.requestConfig.verb !== "get") forget(keyOf(form));
  });
  document.addEventListener("htmx:load", (event) => restoreAll(event.detail.elt.parentElement ?? document));
  document.addEventListener("fresh-csrf", (event) => {
    const csrf = event.detail.value;
    document.body.dataset.csrf = csrf;
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = csrf;
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
