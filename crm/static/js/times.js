// Keeps remaining and elapsed times fresh every 30 seconds. Silent: the words stand outside every live region.
const EVERY = 30_000;
const MINUTE = 60_000;
const A_DAY = 24 * 60; // minutes; longer ago the server's words (a weekday, a date) stay as they are

function span(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours && `${hours} h`, (rest || !hours) && `${rest} min`].filter(Boolean).join(" ");
}

function refreshDue(clock) {
  const left = Math.round((new Date(clock.dataset.due) - Date.now()) / MINUTE);
  if (Math.abs(left) >= A_DAY) return;
  const words = clock.querySelector("[data-words]");
  if (clock.classList.contains("due-wait")) {
    words.textContent = left > 0 ? `in ${span(left)}` : "now";
  } else if (left < 0) {
    showLate(clock);
    words.textContent = `${span(-left)} late`;
  } else {
    words.textContent = clock.classList.contains("due-soon") ? `${span(left)} left` : span(left);
  }
}

function showLate(clock) {
  if (clock.classList.contains("due-late")) return;
  clock.className = "due due-late";
  clock.querySelector("svg").innerHTML = '<use href="#i-late"/>';
}

function refreshPast(time) {
  const ago = Math.floor((Date.now() - new Date(time.dateTime)) / MINUTE);
  if (ago < 0 || ago >= A_DAY) return;
  time.querySelector("[data-words]").textContent = ago < 1 ? "just now" : `${ago < 60 ? span(ago) : `${Math.floor(ago / 60)} h`} ago`;
}

function refresh() {
  document.querySelectorAll("[data-due]").forEach(refreshDue);
  document.querySelectorAll("time[data-relative]").forEach(refreshPast);
}

setInterval(refresh, EVERY);
// A tab that was asleep shows old words until it is looked at.
document.addEventListener("visibilitychange", () => document.hidden || refresh());
