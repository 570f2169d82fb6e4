// Says two minutes before the idle time-out that it is coming, and afterwards that it came. Nothing typed is lost.
const WARNING = 120; // seconds before the end
const LAST_SEEN = "lantern-last-seen"; // another tab's page keeps this one signed in too

const idle = Number(document.body.dataset.idleSeconds);
const ending = document.querySelector('[data-session="ending"]');
const ended = document.querySelector('[data-session="ended"]');
let timers = [];

function begin() {
  timers.forEach(clearTimeout);
  ending.hidden = true;
  ended.hidden = true;
  timers = [setTimeout(() => { ending.hidden = false; }, (idle - WARNING) * 1000), setTimeout(end, idle * 1000)];
}

function end() {
  ending.hidden = true;
  ended.hidden = false;
}

async function stay() {
  const answer = await fetch(ending.dataset.stay, { method: "HEAD", redirect: "manual" });
  if (answer.ok) {
    seen();
  } else {
    end();
  }
}

function seen() {
  localStorage.setItem(LAST_SEEN, String(Date.now()));
  begin();
}

if (idle) {
  ending.querySelector("button").addEventListener("click", stay);
  addEventListener("storage", (event) => event.key === LAST_SEEN && begin());
  seen();
}
