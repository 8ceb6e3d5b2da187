"use strict";
/* What changes is shown without a reload. Elements say what they show, `<section id="tasks" data-live="tasks">`;
   the server says which of that has changed, and those elements are asked for again: at most once a second, none
   while nobody looks, and never one in which somebody types. */
(() => {
  const ONCE_MS = 1000, SILENT_MS = 45000, REFUSED_MS = 30000, AWAY_MS = 10000;
  const NOT_THERE = "[data-until-there]";
  const WORDS = {
    en: {
      over: "You are signed out. Sign in in another tab: what you have typed here stays.",
      kept: "This has changed meanwhile. It is shown when what you have typed is sent or taken back.",
      anew: "What is to be said here has changed meanwhile. It is shown as it is now.",
    },
    zh: {
      over: "您已退出登录。请在另一个标签页重新登录：此处已填写的内容会保留。",
      kept: "此处内容已有变化，待您提交或清空已填写的内容后显示。",
      anew: "此处的沟通内容已有变化，现已更新显示。",
    },
  };
  const words = WORDS[document.documentElement.lang.startsWith("zh") ? "zh" : "en"];
  const FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea, [contenteditable]";
  const SCROLLED = ".table, .scroll, .tabs, .case-acts";
  const told = new WeakMap();
  const drawn = new WeakMap(); /* details -> whether they were made open */
  let source = null, listensTo = "", heardAt = 0, askedAt = -ONCE_MS, timer = null, again = null, over = false;
  let asking = false, retrying = null;
  let waiting = new Set();
  let kept = new Set();
  let last = { place: "", tag: null, text: "" }; /* what was had last: browsers keep no page */

  const live = () => [...document.querySelectorAll("[data-live][id]")];
  const shows = (element) => element.dataset.live.split(/\s+/).filter(Boolean);
  const about = () => document.getElementById("present")?.dataset.about;
  const withItself = (element, what) => [element, ...element.querySelectorAll(what)].filter((each) => each.matches(what));

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
    if (element.querySelector("dialog[open], form[data-sent], [data-draft-kept]")) return true;
    if ([...element.querySelectorAll("input, select, textarea")].some(isTyped)) return true;
    const marked = document.getSelection();
    return Boolean(marked && !marked.isCollapsed && element.contains(marked.anchorNode));
  }

  /* The same but for what differs each time that it is made, and for what is live by itself. */
  function textOf(element) {
    const copy = element.cloneNode(true);
    for (const each of copy.querySelectorAll("input[name=command], input[name=csrf]")) each.removeAttribute("value");
    for (const each of copy.querySelectorAll("[data-draft-restored]")) each.removeAttribute("data-draft-restored");
    for (const each of copy.querySelectorAll("[data-live][id]")) each.replaceChildren();
    return copy.outerHTML;
  }

  /* Finds what stands in the place of `element` in what is made anew of `within`; null: it has no place there. */
  function placeOf(element, within) {
    if (!element || element === within || !within.contains(element)) return null;
    if (element.id) return (made) => made.querySelector(`#${CSS.escape(element.id)}`);
    const home = element.parentElement.closest("[id]"), href = element.getAttribute("href");
    const what = element.localName +
      (href ? `[href="${CSS.escape(href)}"]` : element.name ? `[name="${CSS.escape(element.name)}"]` : "");
    const at = [...home.querySelectorAll(what)].indexOf(element);
    return (made) => (made.id === home.id ? made : made.querySelector(`#${CSS.escape(home.id)}`))?.querySelectorAll(what)[at];
  }

  /* What is seen first of it, and how high it stands: where the element begins above what is seen. */
  function seenFirst(element) {
    if (element.getBoundingClientRect().top >= 0) return null;
    const isSeen = (each) => each.getClientRects().length > 0 && each.getBoundingClientRect().top >= 0;
    const first = [...element.querySelectorAll("[id]")].find(isSeen);
    return first ? { id: first.id, top: first.getBoundingClientRect().top } : null;
  }

  /* Focus, what is folded open or shut, and what is scrolled to stay. */
  function swap(old, fresh) {
    const focused = placeOf(document.activeElement, old);
    const folded = withItself(old, "details[id]").filter((each) => each.open !== (drawn.get(each) ?? each.open));
    const scrolled = withItself(old, SCROLLED).map((each) => [each.scrollLeft, each.scrollTop]);
    const seen = seenFirst(old), made = document.adoptNode(fresh);
    old.replaceWith(made);
    draw(made);
    for (const each of folded) {
      const same = made.id === each.id ? made : made.querySelector(`#${CSS.escape(each.id)}`);
      if (same) same.open = each.open;
    }
    withItself(made, SCROLLED).forEach((each, at) => { if (scrolled[at]) [each.scrollLeft, each.scrollTop] = scrolled[at]; });
    if (window.htmx) window.htmx.process(made);
    if (focused) focused(made)?.focus({ preventScroll: true });
    const there = seen && document.getElementById(seen.id);
    if (there) window.scrollBy({ top: there.getBoundingClientRect().top - seen.top, behavior: "instant" });
    made.dispatchEvent(new CustomEvent("desk:refreshed", { bubbles: true }));
    return made;
  }

  function draw(element) {
    for (const each of withItself(element, "details[id]")) if (!drawn.has(each)) drawn.set(each, each.open);
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
    if (element.hasAttribute("data-said-anew")) say(words.anew);
  }

  /* The page as it is now; null: it cannot be had at present; undefined: it is not to be had in this way. */
  async function page() {
    const from = document.querySelector("[data-again]"), method = from?.dataset.againBy ?? "get";
    const place = from?.dataset.again ?? location.pathname + location.search;
    const headers = { "HX-Request": "true", "X-By-Itself": "1" };
    if (method !== "get") headers["X-CSRF"] = document.body.dataset.csrf;
    else if (last.tag && last.place === place) headers["If-None-Match"] = last.tag;
    let answer;
    try {
      answer = await fetch(place, { method, headers, credentials: "same-origin", cache: "no-store" });
      if (answer.ok && !answer.redirected) last = { place, tag: answer.headers.get("ETag"), text: await answer.text() };
    } catch { return null; }
    if (answer.status === 401) { end(); return undefined; }
    if (answer.status >= 500 || answer.status === 429) return null;
    if (answer.redirected || !(answer.ok || answer.status === 304)) return undefined;
    return new DOMParser().parseFromString(last.text, "text/html");
  }

  async function ask() {
    timer = null;
    if (document.hidden || over || asking) return;
    asking = true;
    askedAt = performance.now();
    const ids = waiting;
    waiting = new Set();
    const found = await page();
    asking = false;
    if (found) {
      if (document.querySelector(NOT_THERE) && !found.querySelector(NOT_THERE)) { location.reload(); return; }
      for (const element of live()) if (ids.has(element.id)) renew(element, found);
    }
    if (waiting.size) renewSoon([]);
    else if (found === null) for (const id of ids) waiting.add(id);
    tryAgain();
  }

  /* While something is missing, or was not to be had. */
  function tryAgain() {
    clearTimeout(retrying);
    if (over || (!waiting.size && !document.querySelector(`[data-awaited], ${NOT_THERE}`))) return;
    retrying = setTimeout(() => { for (const each of live()) waiting.add(each.id); if (timer === null) ask(); }, AWAY_MS);
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
    const age = listensTo ? 0 : performance.now() / 1000; /* what has changed while it was loaded is told */
    const opened = source = new EventSource(`${url}&age=${age.toFixed(1)}`);
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
    draw(document.documentElement);
    listen();
    tryAgain();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { close(); return; }
    over = false;
    listen();
    renewSoon(live());
    tryAgain();
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
