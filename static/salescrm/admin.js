/* Names for the halves of a date-and-time field, which Django leaves without a label. */
"use strict";
document.querySelectorAll(".vDateField, .vTimeField").forEach((field) => {
  if (field.labels.length || field.getAttribute("aria-label")) return;
  const row = field.closest(".form-row, fieldset");
  const name = row?.querySelector("legend, label, .label")?.textContent.trim() || "";
  const half = (field.previousSibling?.textContent || "").trim();
  field.setAttribute("aria-label", [name, half].filter(Boolean).join(" ") || field.name);
});
