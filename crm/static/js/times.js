// Keeps remaining and elapsed times fresh every 30 seconds. Silent: the words stand outside every live region.
const EVERY = 30_000;
const MINUTE = 60_000;
const A_DAY = 24 * 60; // minutes; longer ago the server's words ("2 days late") stay as they are
const COUNTS = /\b(min|h)\b|now$/; // words that count; "Mon 4:10 PM" does not

// The same wording as crm/clock/words.py: the minutes stop mattering after two hours.
function span(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (!hours) return `${rest} min`;
  return hours === 1 && rest ? `1 h ${rest} min` : `${hours} h`;
}

function refreshDue(clock) {
  const words = clock.querySelector("[data-words]");
  const left = (new Date(clock.dataset.due) - Date.now()) / MINUTE;
  if (!COUNTS.test(words.textContent) || left < -A_DAY) return;
  if (left <= 0) {
    showLate(clock);
    words.textContent = left > -1 ? "due now" : `${span(Math.floor(-left))} late`;
  } else {
    words.textContent = span(Math.ceil(left)) + (clock.classList.contains("due-soon") ? " left" : "");
  }
}

function showLate(clock) {
  if (clock.classList.contains("due-late")) return;
  clock.className = "due due-late";
  clock.querySelector("svg").innerHTML = '<use href="#i-late"/>';
}

function refreshPast(time) {
  const words = time.querySelector("[data-words]");
  const ago = Math.floor((Date.now() - new Date(time.dateTime)) / MINUTE);
  if (!/ago$|now$/.test(words.textContent) || ago < 1 || ago >= A_DAY) return;
  words.textContent = `${ago < 60 ? `${ago} min` : `${Math.floor(ago / 60)} h`} ago`;
}

function refresh() {
  document.querySelectorAll("[data-due]").forEach(refreshDue);
  document.querySelectorAll("time[data-relative]").forEach(refreshPast);
}

setInterval(refresh, EVERY);
// A tab that was asleep shows old words until it is looked at.
document.addEventListener("visibilitychange", () => document.hidden || refresh());
