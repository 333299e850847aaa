/* The stages of a pipeline are dragged into another order; keys and touch use each stage's menu. */
"use strict";

(function () {
  const list = document.querySelector("[data-places]");
  if (!list) return;
  const form = document.getElementById(list.dataset.places);
  let dragged = null;
  const order = () => [...list.querySelectorAll("[data-place]")].map((row) => row.dataset.place).join();
  const before = order();

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-place]");
    dragged?.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
  });

  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-place]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextElementSibling);
  });

  list.addEventListener("drop", (event) => event.preventDefault());

  list.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    if (order() === before) return;
    for (const place of order().split(",")) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = "order";
      input.value = place;
      form.append(input);
    }
    form.submit();
  });
})();
