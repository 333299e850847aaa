/* The rule editor: limits that were found fill the form. */
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  const form = button && document.querySelector("#rules-form");
  if (!form) return;
  Object.entries(JSON.parse(button.dataset.fill)).forEach(([name, value]) => fill(form, name, value));
  form.dispatchEvent(new Event("change", { bubbles: true }));
  form.querySelector(".is-filled")?.focus();
});

function fill(form, name, value) {
  const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  fields.forEach((field) => {
    const wanted = Array.isArray(value) ? value.includes(field.value) : field.value === String(value);
    if (["checkbox", "radio"].includes(field.type)) field.checked = wanted;
    else field.value = value;
    if (!["checkbox", "radio"].includes(field.type)) field.classList.add("is-filled");
  });
}
