/* The board of deals: a card is dragged to a column by mouse or pen; keys and touch use its "Move" link.
   It moves at once and goes back, with the reason, when the server refuses. A stage that asks for something opens
   the dialog instead. */
"use strict";

(function () {
  const FAR = 6; // pixels: less is a click
  let drag = null;

  const target = (x, y) => document.elementFromPoint(x, y)?.closest("[data-lane], [data-close-as]");

  document.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".board-deals .dc[data-deal]");
    if (!card || event.button !== 0 || event.pointerType === "touch" || event.target.closest("button, .dc-acts")) return;
    drag = { card, from: card.closest("[data-lane]"), next: card.nextElementSibling, x: event.clientX, y: event.clientY, on: false, over: null };
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.on && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    if (!drag.on) {
      drag.on = true;
      drag.card.classList.add("is-dragged");
      bar(drag.from);
      getSelection()?.removeAllRanges();
    }
    event.preventDefault();
    const over = target(event.clientX, event.clientY);
    if (over === drag.over) return;
    drag.over?.classList.remove("is-over");
    drag.over = over && over !== drag.from ? over : null;
    drag.over?.classList.add("is-over");
  });

  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.(".board-deals .dc[data-deal]")) event.preventDefault();
  });

  document.addEventListener("pointerup", () => end(true));
  document.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag?.on) end(false); });

  function end(drop) {
    if (!drag) return;
    const { card, from, next, on, over } = drag;
    drag = null;
    card.classList.remove("is-dragged");
    document.querySelectorAll(".lane.is-barred").forEach((lane) => lane.classList.remove("is-barred"));
    over?.classList.remove("is-over");
    if (!on) return;
    document.addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", stop, { capture: true }), 0);
    if (!drop || !over) return;
    const kind = over.dataset.closeAs;
    if (kind) { open(kind === "won" ? card.dataset.winUrl : card.dataset.loseUrl, card); return; }
    const url = `${card.dataset.moveUrl}?to=${over.dataset.lane}`;
    if ("asks" in card.dataset && leads(from, over)) { open(url, card); return; }
    over.querySelector(".lane-h").after(card);
    const back = () => from.insertBefore(card, next);
    const failed = (answer) => {
      if (answer.detail.elt !== card) return;
      document.body.removeEventListener("htmx:afterRequest", failed);
      const { xhr } = answer.detail;
      if (xhr.status >= 200 && xhr.status < 300) return;
      back();
      if (xhr.status !== 422) return; // said already
      const why = JSON.parse(xhr.getResponseHeader("HX-Trigger") || "{}")["deal-refused"];
      if (why) document.body.dispatchEvent(new CustomEvent("toast", { detail: { text: why, level: "bad" } }));
      else open(url, card);
    };
    document.body.addEventListener("htmx:afterRequest", failed);
    window.htmx.ajax("POST", url, { source: card, swap: "none", values: { seen: card.dataset.seen, to: over.dataset.lane } });
  }

  /* Whether deals of one column may go to another; where one may not, the server says why. */
  const leads = (from, to) => from.dataset.ways.split(" ").includes(to.dataset.lane);

  function bar(from) {
    for (const lane of document.querySelectorAll(".board-deals [data-lane]")) {
      lane.classList.toggle("is-barred", lane !== from && !leads(from, lane));
    }
  }

  function stop(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  /* The dialog is opened as any link to one is. */
  function open(url, card) {
    const link = document.createElement("a");
    link.href = url;
    link.dataset.dialog = "";
    link.hidden = true;
    card.append(link);
    link.click();
    link.remove();
  }
})();
