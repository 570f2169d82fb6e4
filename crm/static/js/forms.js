// One press, one save; and after an error the summary is where reading starts.
const SAVING_AFTER = 400; // ms: nothing flickers when the answer is quick
const LOST_AFTER = 8_000; // ms: then a second press goes through, the first may have been lost on the way

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    // Ignored rather than disabled: a disabled button would lose the keyboard's place.
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const saving = setTimeout(() => showSaving(event.submitter), SAVING_AFTER);
  setTimeout(() => {
    clearTimeout(saving);
    ready(form);
  }, LOST_AFTER);
});

function showSaving(button) {
  if (!button || button.querySelector(".saving")) return;
  const word = document.createElement("span");
  word.className = "saving";
  word.setAttribute("role", "status");
  word.textContent = "Saving";
  button.append(word);
}

function ready(form) {
  delete form.dataset.sent;
  form.querySelectorAll(".saving").forEach((word) => word.remove());
}

// Coming back with the browser's own button must not find a form that thinks it is still on its way.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));

document.querySelector("[data-focus]")?.focus();
