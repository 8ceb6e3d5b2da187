"use strict";
/* What changes is shown without a reload. Elements say what they show, `<section id="tasks" data-live="tasks">`;
   the server says which of that has changed, and those elements are asked for again: at most once a second, none
   while nobody looks, and never one in which somebody types. */
(() => {
  const ONCE_MS = 1000, SILENT_MS = 45000, REFUSED_MS = 30000;
  const WORDS = {
    en: {
      over: "You are signed out. Sign in in another tab: what you have typed here stays.",
      kept: "This has changed meanwhile. It is shown when what you have typed is sent or taken back.",
    },
    zh: {
      over: "您已退出登录。请在另一个标签页重新登录:此处已填写的内容会保留。",
      kept: "此处内容已有变化,待您提交或清空已填写的内容后显示。",
    },
  };
  const words = WORDS[document.documentElement.lang.startsWith("zh") ? "zh" : "en"];
  const FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea, [contenteditable]";
  const told = new WeakMap();
  let source = null, listensTo = "", heardAt = 0, askedAt = -ONCE_MS, timer = null, again = null, over = false;
  let waiting = new Set();
  let kept = new Set();
  let last = { tag: null, text: "" }; /* what was asked for last: browsers keep no page */

  const live = () => [...document.querySelectorAll("[data-live][id]")];
  const shows = (element) => element.dataset.live.split(/\s+/).filter(Boolean);
  const about = () => document.getElementById("present")?.dataset.about;

  function say(text) {
    const place = document.getElementById("said");
    if (place && place.textContent !== text) place.textContent = text;
  }

  function isTyped(field) {
    if (field.type === "hidden" || field.type === "submit" || field.type === "button") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      const options = [...field.options];
      const chosen = options.some((each) => each.defaultSelected);
      return options.some((each, at) => each.selected !== (chosen ? each.defaultSelected : at === 0 && !field.multiple));
    }
    return "defaultValue" in field && field.value !== field.defaultValue;
  }

  function isInUse(element) {
    const active = document.activeElement;
    if (active && active !== element && element.contains(active) && active.matches(FIELDS)) return true;
    if (element.querySelector("dialog[open], form[data-sent]")) return true;
    if ([...element.querySelectorAll("input, select, textarea")].some(isTyped)) return true;
    const marked = document.getSelection();
    return Boolean(marked && !marked.isCollapsed && element.contains(marked.anchorNode));
  }

  /* The same but for what differs each time that it is made. */
  function textOf(element) {
    const copy = element.cloneNode(true);
    for (const each of copy.querySelectorAll("input[name=command], input[name=csrf]")) each.removeAttribute("value");
    return copy.outerHTML;
  }

  function placeOf(element, within) {
    if (!element || element === within || !within.contains(element)) return null;
    if (element.id) return `#${CSS.escape(element.id)}`;
    const href = element.getAttribute("href");
    if (href) return `${element.localName}[href="${CSS.escape(href)}"]`;
    return element.name ? `${element.localName}[name="${CSS.escape(element.name)}"]` : null;
  }

  function swap(old, fresh) {
    const focused = placeOf(document.activeElement, old);
    const open = [...old.querySelectorAll("details[id][open]")].map((each) => each.id);
    const made = document.adoptNode(fresh);
    old.replaceWith(made);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (window.htmx) window.htmx.process(made);
    if (focused) made.querySelector(focused)?.focus({ preventScroll: true });
    made.dispatchEvent(new CustomEvent("desk:refreshed", { bubbles: true }));
    return made;
  }

  function renew(element, page) {
    const fresh = page.getElementById(element.id);
    if (!fresh) return;
    const text = textOf(fresh);
    if (text === told.get(element)) { kept.delete(element.id); return; }
    if (isInUse(element)) {
      if (!kept.has(element.id)) say(words.kept);
      kept.add(element.id);
      return;
    }
    kept.delete(element.id);
    told.set(swap(element, fresh), text);
  }

  async function ask() {
    timer = null;
    if (document.hidden || over) return;
    askedAt = performance.now();
    const ids = waiting;
    waiting = new Set();
    let answer;
    try {
      answer = await fetch(location.pathname + location.search, {
        headers: { "HX-Request": "true", "X-By-Itself": "1", ...(last.tag && { "If-None-Match": last.tag }) },
        credentials: "same-origin", cache: "no-store",
      });
    } catch { return; }
    if (answer.status === 401) { end(); return; }
    if (answer.status !== 304) {
      if (!answer.ok || answer.redirected) return;
      last = { tag: answer.headers.get("ETag"), text: await answer.text() };
    }
    const page = new DOMParser().parseFromString(last.text, "text/html");
    for (const element of live()) if (ids.has(element.id)) renew(element, page);
  }

  function renewSoon(elements) {
    for (const each of elements) waiting.add(each.id);
    if (waiting.size && timer === null && !over) {
      timer = setTimeout(ask, Math.max(0, askedAt + ONCE_MS - performance.now()));
    }
  }

  async function showWhoIsHere() {
    const place = document.getElementById("present");
    if (!place) return;
    try {
      const answer = await fetch(`${document.body.dataset.base}/present?about=${encodeURIComponent(place.dataset.about)}`, {
        headers: { "HX-Request": "true", "X-By-Itself": "1" }, credentials: "same-origin",
      });
      if (answer.status !== 200) return;
      const text = await answer.text();
      if (place.innerHTML !== text) place.innerHTML = text;
      place.hidden = !place.textContent.trim();
    } catch { /* shown with the next change */ }
  }

  function end() {
    over = true;
    close();
    say(words.over);
  }

  function close() {
    clearTimeout(again);
    source?.close();
    source = null;
  }

  function address() {
    const dealer = document.body.dataset.dealer;
    const asked = new URLSearchParams();
    for (const word of [...new Set(live().flatMap(shows))].sort().slice(0, 50)) asked.append("shows", word);
    if (about()) asked.append("about", about());
    return dealer && asked.size ? `/live?${new URLSearchParams({ dealer })}&${asked}` : "";
  }

  function listen() {
    const url = address();
    if (over || document.hidden || !url) { close(); return; }
    if (source && listensTo === url) return;
    close();
    let isFirst = true;
    const opened = source = new EventSource(url);
    listensTo = url;
    heardAt = performance.now();
    opened.addEventListener("open", () => {
      heardAt = performance.now();
      if (!isFirst) renewSoon(live());
      isFirst = false;
      showWhoIsHere();
    });
    opened.addEventListener("here", () => { heardAt = performance.now(); });
    opened.addEventListener("ended", end);
    opened.addEventListener("changed", (event) => {
      heardAt = performance.now();
      const changed = new Set(JSON.parse(event.data));
      renewSoon(live().filter((each) => shows(each).some((word) => changed.has(word))));
      if ([...changed].some((word) => word.startsWith("present:"))) showWhoIsHere();
    });
    opened.addEventListener("error", () => {
      if (opened !== source || opened.readyState !== EventSource.CLOSED) return;
      source = null;
      again = setTimeout(() => { listen(); renewSoon(live()); }, REFUSED_MS);
    });
  }

  function begin() {
    for (const element of live()) if (!told.has(element)) told.set(element, textOf(element));
    listen();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { close(); return; }
    over = false;
    listen();
    renewSoon(live());
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { listen(); renewSoon(live()); } });
  window.addEventListener("online", () => { close(); listen(); renewSoon(live()); });
  document.addEventListener("htmx:afterSettle", begin);
  document.addEventListener("focusout", () => {
    if (kept.size) renewSoon(live().filter((each) => kept.has(each.id)));
  });
  setInterval(() => {
    if (source && performance.now() - heardAt > SILENT_MS) { close(); listen(); renewSoon(live()); }
  }, SILENT_MS / 3);
  begin();
})();
