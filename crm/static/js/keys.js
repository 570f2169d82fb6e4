// Single keys for people who work here all day. Never while typing, with a modifier, or over a dialog; each has a visible button.
const OFF = "lantern-keys-off";
const GO_TO = { q: "/queue", m: "/my-day", p: "/people", r: "/reports" };
const G_LASTS = 1_500; // ms between G and the letter after it

const list = document.getElementById("keys");
const offSwitch = list.querySelector("[data-keys-switch]");
const isOff = () => document.documentElement.dataset.keys === "off" || localStorage.getItem(OFF) === "yes";

let goTo = 0;

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing || isOff() || document.querySelector("dialog[open]")) return;
  const act = Date.now() - goTo < G_LASTS ? goingTo(event.key) : acts[event.key];
  goTo = 0;
  if (act?.() === true) event.preventDefault();
});

// Each answers true when it did something.
const acts = {
  n: () => done(document.querySelector("form[data-take-next]"), (form) => form.requestSubmit()),
  "/": () => done(document.querySelector("input[type=search]"), (search) => search.focus()),
  "?": () => done(list, (dialog) => dialog.showModal()),
  j: () => move(1),
  k: () => move(-1),
  o: () => done(rows()[here()], (row) => row.querySelector("a").click()),
  g: () => done(Date.now(), (at) => { goTo = at; }),
};

function goingTo(key) {
  const link = GO_TO[key] && document.querySelector(`.rail .nav a[href^="${GO_TO[key]}"]`);
  return () => done(link, (found) => found.click());
}

function done(thing, act) {
  if (!thing) return false;
  act(thing);
  return true;
}

const rows = () => [...document.querySelectorAll("main [data-lead]")].filter((row) => row.querySelector("a"));
const here = () => rows().findIndex((row) => row.contains(document.activeElement));

function move(by) {
  const all = rows();
  const next = here() === -1 ? 0 : Math.min(Math.max(here() + by, 0), all.length - 1);
  return done(all[next], (row) => row.querySelector("a").focus());
}

for (const opener of document.querySelectorAll('[data-opens="keys"]')) {
  opener.hidden = false;
  opener.addEventListener("click", () => list.showModal());
}

offSwitch.checked = !isOff();
offSwitch.addEventListener("change", () => localStorage.setItem(OFF, offSwitch.checked ? "no" : "yes"));
