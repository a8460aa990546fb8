"use strict";
// The dispatcher's keys: 1, 2, 3 send to a lead, 4, J, Q open the other ways, Esc goes back to the queue.

const dispatchForm = document.getElementById("dispatch");

if (dispatchForm) {
  dispatchForm.addEventListener("click", (event) => {
    const button = event.target.closest("[data-lead]");
    if (button) dispatchForm.elements.lead.value = button.dataset.lead;
  });
}

document.addEventListener("keydown", (event) => {
  if (hotline.typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.length === 1 ? event.key.toLowerCase() : event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.tagName === "DETAILS") {
    target.open = true;
    const field = target.querySelector("textarea, input[type=text]");
    if (field) field.focus();
  } else {
    target.click();
  }
});
