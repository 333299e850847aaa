/* The frame: toasts, dialogs, drawer, menus, "why?", palette, forms, pickers. Rows and keys: lists.js. */
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const words = () => $("#words").dataset;
const topLayer = () => $$("dialog[open]").pop() || document.body;

/* Libraries are loaded when a page needs them ------------------------------------------------- */
const loading = {};
function load(name) {
  loading[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.body.dataset[name];
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return loading[name];
}

/* Toasts --------------------------------------------------------------------------------------- */
const TOAST_SECONDS = 10;

function toast({ text, level = "good", undo = "", url = "", url_label: label = "" }) {
  const made = $("#toast-t").content.firstElementChild.cloneNode(true);
  const icons = { bad: "alert-circle", warn: "alert-triangle", info: "info-circle", good: "check" };
  const drawing = $(`#toast-i [data-icon="${icons[level] || "check"}"] svg`);
  if (drawing) made.querySelector("svg").replaceWith(drawing.cloneNode(true));
  made.className = `toast-x is-${level}`;
  $("[data-text]", made).textContent = text;
  const link = $("[data-link]", made);
  if (url) { link.href = url; link.textContent = label; } else link.remove();
  const button = $("[data-undo]", made);
  if (undo) button.dataset.undo = undo; else button.remove();
  showToast(made);
}

function showToast(made) {
  const box = $("#toasts");
  if (box.parentElement !== topLayer()) topLayer().append(box); // a live region that moves is not read out
  box.append(made);
  startToast(made);
}

function startToast(made) {
  let left = TOAST_SECONDS;
  const button = $("[data-undo]", made);
  const tick = () => {
    if (!made.isConnected) return;
    if (made.matches(":hover, :focus-within")) { setTimeout(tick, 1000); return; }
    if (left <= 0) { made.remove(); return; }
    if (button) button.textContent = words().undo.replace("{n}", left);
    left -= 1;
    setTimeout(tick, 1000);
  };
  tick();
}

/* Toasts of a page the script only passed through are shown on the next one. */
function keepToasts(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const kept = $$("#toasts .toast-x", page).map((one) => ({
    text: $("[data-text]", one).textContent,
    level: one.className.replace(/.*is-/, ""),
    undo: $("[data-undo]", one)?.dataset.undo || "",
    url: $("[data-link]", one)?.getAttribute("href") || "",
    url_label: $("[data-link]", one)?.textContent || "",
  }));
  sessionStorage.setItem("toasts", JSON.stringify(kept));
}

function showKeptToasts() {
  const kept = JSON.parse(sessionStorage.getItem("toasts") || "[]");
  sessionStorage.removeItem("toasts");
  kept.forEach(toast);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-undo]");
  if (!button) return;
  const made = button.closest(".toast-x");
  htmx.ajax("POST", button.dataset.undo, { swap: "none", source: document.body }).then(() => made.remove());
});

/* Dialogs and the drawer ----------------------------------------------------------------------- */
let opener = null;

function fetchInto(dialog, body, url) {
  if (!dialog.open) opener = document.activeElement;
  body.replaceChildren($("#wait-t").content.cloneNode(true));
  if (!dialog.open) dialog.showModal();
  return htmx.ajax("GET", url, { target: body, swap: "innerHTML" }).then(() => focusFirst(body));
}

function openDialog(url) { return fetchInto($("#dialog"), $("#dialog-body"), url); }
function openDrawer(url) { return fetchInto($("#drawer"), $("#drawer-body"), url); }

function focusFirst(body) {
  const fields = "[autofocus], .is-invalid, input:not([type=hidden]), select, textarea, .btn-primary";
  ($(fields, body) || $("button, a", body))?.focus();
}

function closeDialogs() {
  $$("dialog[open]").reverse().forEach((dialog) => dialog.close());
}

document.addEventListener("close", (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement)) return;
  const box = $("#toasts");
  if (dialog.contains(box)) document.body.append(box);
  if (dialog.id === "dialog" || dialog.id === "drawer") $("div", dialog).replaceChildren();
  if (opener && opener.isConnected && !$("dialog[open]")) opener.focus();
}, true);

document.addEventListener("click", (event) => {
  const target = event.target;
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  const link = target.closest("[data-dialog], [data-drawer]");
  if (link && plain) {
    event.preventDefault();
    closeMenus();
    const url = link.getAttribute("href") || link.dataset.url;
    if (link.hasAttribute("data-dialog")) openDialog(url); else openDrawer(url);
  } else if (target.closest("[data-close]")) {
    target.closest("dialog")?.close();
  } else if (target instanceof HTMLDialogElement && target.id !== "ask" && outside(event, target)) {
    target.close();
  }
});

function outside(event, dialog) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/* Questions before what cannot be undone ------------------------------------------------------- */
function ask(question, text, button) {
  const dialog = $("#ask");
  $("#ask-h").textContent = question;
  $("#ask-text").textContent = text || "";
  $("#ask-text").hidden = !text;
  $("#ask-yes").textContent = button || words().yes;
  const before = document.activeElement;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { before?.focus(); resolve(dialog.returnValue === "yes"); }, { once: true });
  });
}

function askFor(element) {
  return ask(element.dataset.confirm, element.dataset.confirmText, element.dataset.confirmButton || element.textContent.trim());
}

document.addEventListener("htmx:confirm", (event) => {
  const element = event.detail.elt.closest("[data-confirm]");
  if (!element) return;
  event.preventDefault();
  askFor(element).then((yes) => { if (yes) event.detail.issueRequest(true); });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm], a[data-confirm]");
  if (!button || button.matches("[hx-post], [hx-delete], [hx-get], [data-asked]")) return;
  event.preventDefault();
  askFor(button).then((yes) => {
    if (!yes) return;
    button.dataset.asked = "1";
    button.click();
    delete button.dataset.asked;
  });
}, true);

/* Forms: one submit is one record -------------------------------------------------------------- */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-confirm]:not([data-asked], [hx-post])")) {
    event.preventDefault();
    askFor(form).then((yes) => { if (yes) { form.dataset.asked = "1"; form.requestSubmit(event.submitter || undefined); } });
    return;
  }
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  form.dataset.sent = "1";
  if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  if (!form.matches("[hx-post], [hx-put], [hx-patch]")) setTimeout(() => free(form), 8000);
}, true);

function free(form) {
  if (!(form instanceof HTMLElement)) return;
  delete form.dataset.sent;
  $$("[aria-busy]", form).forEach((one) => one.removeAttribute("aria-busy"));
}

addEventListener("pageshow", () => $$("form[data-sent]").forEach(free));
document.addEventListener("htmx:afterRequest", (event) => free(event.detail.elt.closest?.("form") || event.detail.elt));

/* Ctrl or Cmd with Enter saves from any field, a text of several lines too. */
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[method=post]");
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form || !event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  form.requestSubmit($("button.btn-primary[type=submit]", form));
});

let typing = 0;
function autosubmit(event) {
  const form = event.target.form;
  if (!form?.matches("[data-autosubmit]")) return;
  clearTimeout(typing);
  const isText = event.type === "input" && event.target.matches("input:not([type=checkbox], [type=radio])");
  typing = setTimeout(() => form.requestSubmit(), isText ? 250 : 0);
}
document.addEventListener("input", (event) => { if (event.target.matches("input, textarea")) autosubmit(event); });
document.addEventListener("change", (event) => { if (event.target.matches("select, [type=date]")) autosubmit(event); });

/* What htmx brings back, good and bad ---------------------------------------------------------- */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, serverResponse } = event.detail;
  const where = new URL(xhr.responseURL || location.href, location.href);
  if (where.pathname === document.body.dataset.login) {
    event.detail.shouldSwap = false;
    toast({ text: words().signedOut, level: "warn", url: `${where.pathname}?next=${encodeURIComponent(location.pathname + location.search)}`, url_label: words().signIn });
  } else if (event.detail.requestConfig?.elt.hasAttribute("hx-select") && xhr.status < 400) {
    event.detail.shouldSwap = true; // a part of a page is taken out of it
  } else if (/^\s*(<!--[^]*?-->\s*)*<!doctype/i.test(serverResponse || "") && xhr.status < 400) {
    event.detail.shouldSwap = false;
    keepToasts(serverResponse);
    const same = where.pathname + where.search === location.pathname + location.search;
    if (same) location.reload(); else location.assign(where.href);
  } else if (xhr.status === 422 || (xhr.status === 400 && target?.closest("#dialog"))) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const known = { 403: "refused", 404: "missing", 409: "conflict", 412: "conflict" };
  const said = (event.detail.xhr.getResponseHeader("X-Message") || "").trim();
  toast({ text: said ? decodeURIComponent(said) : words()[known[status] || "fault"], level: "bad" });
  if (["dialog", "drawer"].includes(topLayer().id) && $("[aria-busy=true].stack", topLayer())) topLayer().close();
});
document.addEventListener("htmx:sendError", () => toast({ text: words().offline, level: "bad" }));
document.addEventListener("htmx:timeout", () => toast({ text: words().offline, level: "bad" }));

document.body.addEventListener("toast", (event) => toast(event.detail.value || event.detail));
document.body.addEventListener("dialog-close", closeDialogs);

/* Menus: native popovers, placed beside their button ------------------------------------------- */
function place(box, button) {
  const at = button.getBoundingClientRect();
  const gap = 4;
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = Math.max(8, Math.min(at.left + width > innerWidth - 8 ? at.right - width : at.left, innerWidth - width - 8));
  const below = at.bottom + gap + height <= innerHeight - 8 || at.top < height;
  const top = below ? at.bottom + gap : at.top - height - gap;
  box.style.left = `${left}px`;
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}

function closeMenus() { $$("[popover]:popover-open").forEach((box) => box.hidePopover()); }

document.addEventListener("toggle", (event) => {
  const box = event.target;
  if (!box.matches?.(".menu[popover]")) return;
  const button = $$(`[popovertarget="${box.id}"]`).find((one) => one.offsetParent);
  button?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open" || !button) return;
  place(box, button);
  htmx.trigger(box, "menu-open");
  if (!box.querySelector("input")) $(".menu-i", box)?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || event.target.matches("input, select")) return;
  event.preventDefault();
  step($$(".menu-i, .list a", menu).filter((one) => one.offsetParent), event.key)?.focus();
});

function step(items, key, current = document.activeElement) {
  const at = items.indexOf(current);
  const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[key];
  return items[(next + items.length) % items.length];
}

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[data-tabs] [role=tab], [role=tablist] [role=tab]");
  if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  event.preventDefault();
  const next = step($$("[role=tab]", tab.parentElement), event.key, tab);
  next.focus();
  next.click();
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (!tab) return;
  $$("[role=tab]", tab.parentElement).forEach((one) => one.setAttribute("aria-selected", String(one === tab)));
  const panel = tab.getAttribute("aria-controls");
  $$("[role=tab][aria-controls]", tab.parentElement).forEach((one) => {
    const box = document.getElementById(one.getAttribute("aria-controls"));
    if (box && panel) box.hidden = box.id !== panel;
  });
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

/* "Why?" loads its explanation beside the button ------------------------------------------------ */
document.addEventListener("click", (event) => {
  const button = event.target.closest(".why[data-why]");
  if (!button) return;
  const box = $("#why");
  if (box.matches(":popover-open") && box.owner === button) { box.hidePopover(); return; }
  box.owner = button;
  topLayer().append(box);
  box.replaceChildren($("#wait-t").content.cloneNode(true));
  box.showPopover();
  place(box, button);
  button.setAttribute("aria-expanded", "true");
  htmx.ajax("GET", button.dataset.why, { target: box, swap: "innerHTML" }).then(() => { if (box.matches(":popover-open")) place(box, button); });
});
document.addEventListener("toggle", (event) => {
  if (event.target.id !== "why" || event.newState === "open") return;
  event.target.owner?.setAttribute("aria-expanded", "false");
}, true);

/* The palette: what the server finds, what was open lately, actions and pages ------------------- */
const RECENT = 8;
const options = () => $$("#palette-l [role=option]").filter((one) => one.offsetParent);
const recentKey = () => `recent:${document.body.dataset.person}`;

function readRecent() {
  try { return JSON.parse(localStorage.getItem(recentKey()) || "[]"); } catch { return []; }
}

/* A card is a page whose crumbs lead to it from its list. */
function rememberPage() {
  if (!document.body.dataset.person || !$(".crumbs a")) return;
  const page = { url: location.pathname, title: $("h1")?.textContent.trim() || document.title };
  const rest = readRecent().filter((one) => one.url !== page.url);
  localStorage.setItem(recentKey(), JSON.stringify([page, ...rest].slice(0, RECENT)));
}

function showRecent() {
  const box = $("#palette-recent");
  const pages = readRecent().filter((one) => one.url !== location.pathname);
  const head = Object.assign(document.createElement("div"), { className: "pal-g", textContent: box.dataset.title });
  head.setAttribute("role", "presentation");
  const lines = pages.map(({ url, title }) => {
    const line = Object.assign(document.createElement("a"), { className: "pal-i", href: url, textContent: title, tabIndex: -1 });
    line.setAttribute("role", "option");
    return line;
  });
  box.replaceChildren(...(lines.length ? [head, ...lines] : []));
}

/* What the page itself offers is filtered at once; what the server has found too is not said twice. */
function filterPalette() {
  const typed = $("#palette-q").value.trim().toLowerCase();
  const found = new Set($$("#palette-found [href]").map((one) => one.getAttribute("href")));
  const fits = (one) => one.textContent.toLowerCase().includes(typed) && !found.has(one.getAttribute("href"));
  $$("#palette-recent, #palette-go").forEach((box) => {
    $$("[role=option]", box).forEach((one) => { one.hidden = Boolean(typed) && !fits(one); });
    $$(".pal-g", box).forEach((head) => {
      let next = head.nextElementSibling;
      while (next && next.hidden) next = next.nextElementSibling;
      head.hidden = !next || next.matches(".pal-g");
    });
  });
  $("#palette-found").hidden = !typed;
  choose(options()[0]);
}

function openPalette() {
  const dialog = $("#palette");
  if (!dialog || dialog.open) return;
  opener = document.activeElement;
  closeMenus();
  showRecent();
  dialog.showModal();
  const input = $("#palette-q");
  input.select();
  filterPalette();
  if (input.value) htmx.trigger(input, "palette-open");
}

function choose(item) {
  $$("#palette-l [role=option]").forEach((one, i) => {
    one.id = `pal-${i}`;
    one.setAttribute("aria-selected", String(one === item));
  });
  if (item) $("#palette-q").setAttribute("aria-activedescendant", item.id);
  else $("#palette-q").removeAttribute("aria-activedescendant");
  item?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => { if (event.target.closest("[data-palette]")) openPalette(); });
/* Closed before what was chosen opens, so that a dialog gives the focus back to the page, not to the palette. */
document.addEventListener("click", (event) => {
  if (event.target.closest("#palette a.pal-i") && !event.ctrlKey && !event.metaKey && !event.shiftKey) $("#palette").close();
}, true);
document.addEventListener("input", (event) => { if (event.target.id === "palette-q") filterPalette(); });
document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "palette-found") filterPalette(); });
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "palette-q") return;
  const items = options();
  const chosen = $("#palette-l [aria-selected=true]");
  if (["ArrowDown", "ArrowUp"].includes(event.key) && items.length) {
    event.preventDefault();
    choose(step(items, event.key, chosen));
  } else if (event.key === "Enter" && chosen) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) { open(chosen.href); return; }
    $("#palette").close();
    chosen.click();
  }
});
document.addEventListener("submit", (event) => { if (event.target.matches("[data-sign-out]")) localStorage.removeItem(recentKey()); });

/* Sections of the side menu: what is folded stays folded; the server draws it so (salescrm.base.menu) ---- */
document.addEventListener("click", (event) => {
  const section = event.target.closest?.(".side-h")?.parentElement;
  if (!section) return;
  const now = new Set(document.cookie.match(/(?:^|; )folded=([^;]*)/)?.[1].split(".").filter(Boolean));
  if (section.open) now.add(section.dataset.section); else now.delete(section.dataset.section);
  document.cookie = `folded=${[...now].join(".")}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
});
$(".side [aria-current]")?.scrollIntoView({ block: "nearest" });

/* Small things in content that has just arrived ------------------------------------------------ */
function prepare(root) {
  if (!(root instanceof Element) && root !== document) return;
  $$("[data-mixed]", root).forEach((one) => { one.indeterminate = true; });
  $$("[data-focus]", root).forEach((one) => one.focus());
  if ($("[data-chart]", root)) load("charts").then(() => window.crm.charts(root));
  if ($("select[data-picker]", root)) load("picker").then(() => $$("select[data-picker]", root).forEach(picker));
}

function picker(select) {
  if (select.tomselect) return;
  const url = select.dataset.url;
  const draw = (data, escape) => `<div class="option">${escape(data.text)}${data.sub ? `<small>${escape(data.sub)}</small>` : ""}</div>`;
  const create = select.dataset.create;
  new TomSelect(select, {
    maxOptions: 100,
    controlClass: "ts-control",
    render: { option: draw, no_results: () => null },
    ...(create ? { create: (text) => { openDialog(`${create}?name=${encodeURIComponent(text)}`); return false; } } : {}),
    ...(url ? {
      searchField: [],
      preload: "focus",
      load(text, done) {
        fetch(`${url}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : [])).then(done, () => done());
      },
    } : {}),
  });
  select.setAttribute("aria-hidden", "true");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) navigator.clipboard?.writeText(button.dataset.copy).then(() => toast({ text: words().copied }));
});

["dragover", "dragleave", "drop"].forEach((kind) => document.addEventListener(kind, (event) => {
  const box = event.target.closest?.(".drop");
  if (!box) return;
  event.preventDefault();
  box.classList.toggle("is-over", kind === "dragover");
  const input = $("input[type=file]", box);
  if (kind === "drop" && input && event.dataTransfer.files.length) {
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}));
document.addEventListener("change", (event) => {
  const shown = event.target.matches(".drop input[type=file]") && $("[data-file]", event.target.closest(".drop"));
  if (shown) shown.textContent = [...event.target.files].map((file) => file.name).join(", ");
});

window.crm = { load, toast, openDialog, openDrawer, openPalette, closeMenus, ask, step };
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement || event.detail.elt));
$$("#toasts .toast-x").forEach(startToast);
showKeptToasts();
rememberPage();
prepare(document);
