/* Keyboard everywhere; rows, selection and the bulk bar of lists. */
"use strict";

(function () {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const visible = (one) => one.offsetParent !== null;

  /* Keys, never while typing ------------------------------------------------------------------ */
  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
  let goUntil = 0;

  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (event.code === "KeyK" || key === "k")) {
      event.preventDefault();
      window.crm.openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event.target) || find("dialog[open]") || event.target.closest(".menu")) return;
    const letter = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
    const act = Date.now() < goUntil ? () => go(letter) : keys[letter];
    goUntil = 0;
    if (act && act(event) !== false) event.preventDefault();
  });

  const keys = {
    "/": () => { const field = all("[data-slash]").find(visible); if (field) field.focus(); else window.crm.openPalette(); },
    "?": () => find("#keys")?.showModal(),
    ",": () => false,
    g: () => { goUntil = Date.now() + 1500; },
    j: () => move(1),
    k: () => move(-1),
    x: () => { const box = find("input[name=ids]", current() || document.createElement("i")); if (!box) return false; box.click(); },
    e: () => click("[data-edit]", current()),
    c: () => click("[data-create]") !== false || openCreate(),
    l: () => openLog(),
    n: () => follow("next"),
    p: () => follow("prev"),
    Enter: (event) => (current() && event.target === current() ? openRow(current()) : false),
  };

  function go(letter) {
    const link = find(`.side [data-go="${CSS.escape(letter)}"]`);
    if (!link) return false;
    location.assign(link.href);
  }

  function click(selector, root) {
    const target = (root && find(selector, root)) || all(selector).find(visible);
    if (!target) return false;
    target.click();
  }

  /* Links to the next and the one before may still be on their way: then the key is kept until they are here. */
  let wanted = "";
  const around = "[data-around]:empty";

  function follow(rel) {
    const link = all(`a[rel=${rel}]`).find(visible);
    if (link) { link.click(); return; }
    if (!find(around)) return false;
    wanted = rel;
  }

  document.addEventListener("htmx:afterSettle", () => {
    if (!wanted || find(around)) return;
    const rel = wanted;
    wanted = "";
    follow(rel);
  });

  /* Of the current row; without one, of what the page itself is about. */
  function openLog() {
    const row = current();
    const log = row ? find("[data-log]", row) : all("[data-log]").find((one) => visible(one) && !one.closest("[data-row]"));
    if (!log) return false;
    log.click();
  }

  function openCreate() {
    const button = all('[popovertarget="menu-create"]').find(visible);
    if (!button) return false;
    button.click();
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys]")) return;
    window.crm.closeMenus();
    find("#keys").showModal();
  });

  /* The current row ------------------------------------------------------------------------- */
  const rows = () => all("[data-row]").filter(visible);
  const current = () => find("[data-row].is-cur");

  function move(by) {
    const list = rows();
    if (!list.length) return false;
    const at = list.indexOf(current());
    choose(list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))]);
  }

  function choose(row) {
    current()?.classList.remove("is-cur");
    row.classList.add("is-cur");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  const address = (row) => row.dataset.href || find("a[href]", row)?.getAttribute("href");
  const sameOf = (list, { href, at }) => (address(list[at] || document.createElement("i")) === href ? list[at] : list.find((one) => address(one) === href));
  const closestOf = (list, kept) => sameOf(list, kept) || list[Math.min(kept.at, list.length - 1)];

  /* What is drawn anew keeps the row one works on: the same one, or the one that took its place. */
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = event.detail.target;
    const here = document.activeElement;
    const row = here.closest("[data-row]");
    if (!row || !box.id || !box.contains(row)) return;
    const at = all("[data-row]", box).filter(visible).indexOf(row);
    kept = { row, at, id: box.id, href: address(row), control: all("a, button", row).indexOf(here), isCurrent: row === current() };
  });

  document.addEventListener("htmx:afterSwap", () => {
    if (!kept || kept.row.isConnected) return;
    const { id, control, isCurrent } = kept;
    const list = all("[data-row]", document.getElementById(id) || document.body).filter(visible);
    const same = sameOf(list, kept);
    const next = closestOf(list, kept);
    kept = null;
    if (document.activeElement !== document.body) return;
    if (!next) { find("#main")?.focus({ preventScroll: true }); return; }
    if (isCurrent || !same || control < 0) choose(next);
    if (same && control >= 0) all("a, button", same)[control]?.focus({ preventScroll: true });
  });

  /* Going back finds the row that was opened. */
  function rememberRow(row) {
    history.replaceState({ ...history.state, row: { href: address(row), at: rows().indexOf(row) } }, "");
  }

  function backToRow() {
    const was = history.state?.row;
    const row = was && rows().length && closestOf(rows(), was);
    if (row) choose(row);
  }

  function openRow(row) {
    rememberRow(row);
    const link = row.dataset.href ? null : find("a.name, a", row);
    if (row.dataset.href) location.assign(row.dataset.href); else if (link) link.click(); else return false;
  }

  /* Selection ------------------------------------------------------------------------------- */
  let lastBox = null;

  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-select] input[name=ids]")) return;
    const boxes = all("input[name=ids]", box.closest("[data-select]"));
    if (event.shiftKey && lastBox && boxes.includes(lastBox)) {
      const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
    }
    lastBox = box;
    refresh(box.closest("[data-select]"));
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-select-page]")) return;
    const area = event.target.closest("[data-select]");
    all("input[name=ids]", area).forEach((one) => { one.checked = event.target.checked; });
    refresh(area);
  });

  document.addEventListener("click", (event) => {
    const area = event.target.closest("[data-select]");
    const button = area && event.target.closest("[data-select-all], [data-select-none], [data-bulk-url]");
    if (!button) return;
    if (button.matches("[data-select-all]")) {
      all("input[name=ids]", area).forEach((one) => { one.checked = true; });
      area.dataset.all = button.dataset.selectAll;
      refresh(area, true);
    } else if (button.matches("[data-select-none]")) {
      all("input[name=ids]", area).forEach((one) => { one.checked = false; });
      refresh(area);
    } else {
      window.crm.openDialog(bulkAddress(area, button.dataset.bulkUrl));
    }
  });

  function bulkAddress(area, url) {
    const address = new URL(url, location.href);
    if (area.dataset.all) {
      new URLSearchParams(location.search).forEach((value, name) => address.searchParams.append(name, value));
      address.searchParams.set("all", "1");
    } else {
      all("input[name=ids]:checked", area).forEach((one) => address.searchParams.append("ids", one.value));
    }
    return address.pathname + address.search;
  }

  function refresh(area, keepAll = false) {
    if (!keepAll) delete area.dataset.all;
    const boxes = all("input[name=ids]", area);
    const chosen = boxes.filter((one) => one.checked);
    boxes.forEach((one) => one.closest("tr, [data-row]")?.classList.toggle("is-on", one.checked));
    const head = find("[data-select-page]", area);
    if (head) {
      head.checked = chosen.length > 0 && chosen.length === boxes.length;
      head.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    }
    const bar = find("[data-bulk]", area);
    if (!bar) return;
    bar.hidden = !chosen.length;
    const number = Number(area.dataset.all || chosen.length).toLocaleString(document.documentElement.lang);
    find("[data-bulk-n]", bar).textContent = find("#words").dataset.selected.replace("{n}", number);
  }

  // Something arrived: "all N" stays chosen while every row of the page still is.
  const arrived = (area) => refresh(area, Boolean(area.dataset.all) && all("input[name=ids]", area).every((one) => one.checked));
  document.addEventListener("htmx:afterSettle", () => all("[data-select]").forEach(arrived));
  addEventListener("pageshow", () => all("[data-select]").forEach((area) => refresh(area)));

  /* Widths of columns: set by dragging or with the arrows, kept for the person ------------------- */
  const LEAST = 48, MOST = 800, STEP = 16;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  function drawWidths() {
    const rules = all("table[data-widths] th[data-column]").map((head) => {
      const now = head.dataset.width || Math.round(head.getBoundingClientRect().width);
      find(".grip", head).setAttribute("aria-valuenow", String(now));
      if (!head.dataset.width) return "";
      const place = `:is(thead, tbody) > tr > :nth-child(${head.cellIndex + 1})`;
      const width = `${head.dataset.width}px`;
      return `table[data-widths] ${place} { width: ${width}; min-width: ${width}; max-width: ${width}; overflow: hidden; text-overflow: ellipsis; }`;
    });
    sheet.replaceSync(`@media (min-width: 768px) { ${rules.join(" ")} }`);
  }

  function setWidth(head, width) {
    if (width) head.dataset.width = String(Math.max(LEAST, Math.min(MOST, Math.round(width)))); else delete head.dataset.width;
    drawWidths();
  }

  let keeping = 0;
  function keepWidth(head) {
    clearTimeout(keeping);
    const values = { column: head.dataset.column, width: head.dataset.width || "" };
    keeping = setTimeout(() => htmx.ajax("POST", head.closest("table").dataset.widths, { swap: "none", source: document.body, values }), 300);
  }

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".grip");
    if (!grip || event.button) return;
    event.preventDefault();
    const head = grip.parentElement;
    const from = event.clientX - head.getBoundingClientRect().width;
    const drag = (moved) => setWidth(head, Math.max(1, moved.clientX - from));
    grip.setPointerCapture(event.pointerId);
    grip.classList.add("is-on");
    grip.addEventListener("pointermove", drag);
    grip.addEventListener("lostpointercapture", () => {
      grip.removeEventListener("pointermove", drag);
      grip.classList.remove("is-on");
      keepWidth(head);
    }, { once: true });
  });

  document.addEventListener("dblclick", (event) => {
    const grip = event.target.closest?.(".grip");
    if (grip) { setWidth(grip.parentElement, 0); keepWidth(grip.parentElement); }
  });

  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.(".grip");
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, Delete: 0 }[event.key];
    if (!grip || by === undefined) return;
    event.preventDefault();
    const head = grip.parentElement;
    setWidth(head, by && head.getBoundingClientRect().width + by);
    keepWidth(head);
  });

  document.addEventListener("htmx:afterSettle", drawWidths);
  drawWidths();

  /* Cells edited in place: a double click, Enter or F2 opens the field, Escape leaves it, Tab goes on ------ */
  const places = () => all("a[data-cell], .cell-f").filter(visible);
  const openCell = (cell) => htmx.trigger(cell, "cell-edit");
  const changed = (field) => (field.matches("select") ? all("option", field).some((one) => one.selected !== one.defaultSelected) : field.value !== field.defaultValue);
  let onward = -1;

  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.("a[data-cell]");
    if (!cell || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!event.detail || event.pointerType === "touch") openCell(cell); // Enter, or a finger
  });

  document.addEventListener("dblclick", (event) => {
    const cell = event.target.closest?.("td") && find("a[data-cell]", event.target.closest("td"));
    if (cell) openCell(cell);
  });

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("a[data-cell]");
    const form = event.target.closest?.(".cell-f");
    if (cell && event.key === "F2") {
      event.preventDefault();
      openCell(cell);
    } else if (form && event.key === "Escape") {
      event.preventDefault();
      find("[data-leave]", form).click();
    } else if (form && event.key === "Enter" && event.target.matches("select")) {
      event.preventDefault();
      form.requestSubmit();
    } else if (form && event.key === "Tab" && event.target.matches("input, select")) {
      goOn(event, form);
    }
  });

  /* What was typed is kept, what was not touched is left; a field with an error lets Tab go to its buttons. */
  function goOn(event, form) {
    const isChanged = changed(event.target);
    if (!isChanged && event.target.matches(".is-invalid")) return;
    event.preventDefault();
    onward = places().indexOf(form) + (event.shiftKey ? -1 : 1);
    if (isChanged) form.requestSubmit(); else find("[data-leave]", form).click();
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    if (onward >= 0 && !find(".cell-f", event.detail.target)) places()[onward]?.focus();
    onward = -1;
  });

  /* The tab of the view shown, where tabs are wider than the screen ------------------------------- */
  function showTab() {
    const tab = find(".views > [aria-current]");
    if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
  }

  document.addEventListener("htmx:afterSettle", showTab);
  showTab();
  backToRow();
})();
