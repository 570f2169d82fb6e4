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
  word.textContent = button.form.dataset.saving ?? "Saving";
  button.append(word);
}

function ready(form) {
  delete form.dataset.sent;
  form.querySelectorAll(".saving").forEach((word) => word.remove());
}

// Coming back with the browser's own button must not find a form that thinks it is still on its way.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));

// Another language must not cost what somebody has typed: the form itself asks for its page again.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-language]");
  const form = document.querySelector("form[data-keeps]");
  if (!link || !form || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const asks = document.createElement("input");
  asks.type = "hidden";
  asks.name = asks.value = form.dataset.keeps;
  form.append(asks);
  const action = form.getAttribute("action");
  form.action = link.href;
  form.submit();
  form.setAttribute("action", action); // coming back with the browser's own button, Send sends as before
  asks.remove();
});

document.querySelector("[data-focus]")?.focus();
