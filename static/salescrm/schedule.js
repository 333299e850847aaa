/* On the administrators' form of a scheduled task: the chosen crontab in words. */
"use strict";
(function () {
  const block = document.getElementById("readable-crontabs");
  const select = document.getElementById("id_crontab");
  const help = document.querySelector(".field-crontab .help");
  if (!block || !select || !help) return;
  const words = JSON.parse(block.textContent);
  const line = document.createElement("div");
  help.append(line);
  const show = () => { line.textContent = words[select.value] || ""; };
  select.addEventListener("change", show);
  document.querySelector(".field-crontab_translation")?.setAttribute("hidden", "");
  show();
})();
