/* Goods of a deal: a product chosen in a line gives its name and the price the client paid last, both to be changed. */
"use strict";

document.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-product]");
  const chosen = select?.tomselect?.options[select.value];
  if (!chosen) return;
  const line = select.closest(".deal-line");
  const field = (name) => line.querySelector(`[name$="-${name}"]`);
  field("name").value = chosen.text;
  if (chosen.price !== undefined) field("price").value = chosen.price;
});
