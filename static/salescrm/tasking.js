/* The calendar of tasks: a task is dragged to a day (and hour) by mouse or pen, or moved with Shift and an arrow; touch
   uses its "Move" link. It moves at once and goes back when the server refuses; why is said by the page. */
"use strict";

(function () {
  const FAR = 6; // pixels: less is a click
  let drag = null;

  const cellAt = (x, y) => document.elementFromPoint(x, y)?.closest("[data-drop-day]");
  const cellOf = (item) => item.closest("[data-drop-day]");

  document.addEventListener("pointerdown", (event) => {
    const item = event.target.closest(".ev[data-move]");
    if (!item || event.button !== 0 || event.pointerType === "touch" || event.target.closest(".ev-move")) return;
    drag = { item, x: event.clientX, y: event.clientY, on: false, over: null };
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.on && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    if (!drag.on) {
      drag.on = true;
      drag.item.classList.add("is-dragged");
      getSelection()?.removeAllRanges();
    }
    event.preventDefault();
    const over = cellAt(event.clientX, event.clientY);
    if (over === drag.over) return;
    drag.over?.classList.remove("is-over");
    drag.over = over && over !== cellOf(drag.item) ? over : null;
    drag.over?.classList.add("is-over");
  });

  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.(".ev[data-move]")) event.preventDefault();
  });
  document.addEventListener("pointerup", () => end(true));
  document.addEventListener("pointercancel", () => end(false));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag?.on) { end(false); return; }
    const item = event.target.closest?.(".ev[data-move]");
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!item || !steps || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const cell = cellOf(item), row = cell.parentElement;
    const column = [...row.children].indexOf(cell) + steps[0];
    const target = (steps[1] < 0 ? row.previousElementSibling : steps[1] > 0 ? row.nextElementSibling : row)?.children[column];
    if (target?.matches("[data-drop-day]")) put(item, target);
  });

  function end(drop) {
    if (!drag) return;
    const { item, on, over } = drag;
    drag = null;
    item.classList.remove("is-dragged");
    over?.classList.remove("is-over");
    if (!on) return;
    document.addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", stop, { capture: true }), 0);
    if (drop && over) put(item, over);
  }

  /* In a month a task keeps its hour; between the hours of a day it takes the one it is dropped at. */
  function put(item, cell) {
    const from = cellOf(item), next = item.nextElementSibling, focused = item.contains(document.activeElement);
    const hour = cell.dataset.dropHour, was = item.dataset.time;
    const time = hour === undefined ? was : hour && was.slice(0, 2) === hour.slice(0, 2) ? was : hour;
    const first = cell.querySelector(":scope > .ev, :scope > .cal-more");
    cell.insertBefore(item, first);
    if (focused) item.querySelector("a")?.focus();
    const settled = (answer) => {
      if (answer.detail.elt !== item) return;
      document.body.removeEventListener("htmx:afterRequest", settled);
      const { status } = answer.detail.xhr;
      if (status >= 200 && status < 300) { if (focused) again(item.dataset.task); return; }
      from.insertBefore(item, next);
      if (focused) item.querySelector("a")?.focus();
    };
    document.body.addEventListener("htmx:afterRequest", settled);
    const values = { due_on: cell.dataset.dropDay, due_time: time, seen: item.dataset.seen, dropped: "1" };
    window.htmx.ajax("POST", item.dataset.move, { source: item, swap: "none", values });
  }

  /* The days are drawn again after a move: the focus goes back to the task. */
  function again(task) {
    const drawn = (event) => {
      if (!event.target.closest?.("#rows")) return;
      document.body.removeEventListener("htmx:afterSettle", drawn);
      document.querySelector(`.ev[data-task="${task}"] a`)?.focus();
    };
    document.body.addEventListener("htmx:afterSettle", drawn);
  }

  function stop(event) {
    event.preventDefault();
    event.stopPropagation();
  }
})();
