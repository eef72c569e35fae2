/* Running promises count on by themselves, in the working time whose windows the server gave. */
import { say, words } from "./words.js";

const MINUTE = 60_000;
/** Server time minus this device's time, from the newest clock seen. */
let skew = 0;

export function countClocks() {
  tickAll();
  setInterval(tickAll, 1000);
  document.addEventListener("htmx:afterSwap", tickAll);
  document.addEventListener("hf:swapped", tickAll);
  document.addEventListener("visibilitychange", tickAll);
}

function tickAll() {
  for (const clock of document.querySelectorAll(".hf-clock[data-windows]")) {
    if (!clock.dataset.seen) {
      clock.dataset.seen = "1";
      skew = Date.parse(clock.dataset.now) - Date.now();
    }
    tick(clock, Date.now() + skew);
  }
}

function tick(clock, now) {
  const windows = JSON.parse(clock.dataset.windows).map(([open, close]) => [Date.parse(open), Date.parse(close)]);
  const due = Date.parse(clock.dataset.dueAt);
  const state = stateAt(clock, windows, due, now);
  if (clock.dataset.clock !== state.name) clock.dataset.clock = state.name;
  const spoken = clock.querySelector(".say");
  if (spoken.textContent !== state.text && state.text) write(spoken, state.text, state.name !== "paused");
  if (state.share !== null) drawShare(clock, state.share);
}

function stateAt(clock, windows, due, now) {
  const total = Number(clock.dataset.total);
  const dayMinutes = Number(clock.dataset.dayMinutes);
  if (now > due) {
    const minutes = Math.max(1, Math.floor(worked(windows, due, now)));
    const sentence = clock.dataset.style === "row" ? words.late : words.overdue;
    return { name: "late", text: say(sentence, length(minutes, dayMinutes)), share: 1 };
  }
  // Paused by somebody: what is left stands still, as the server drew it.
  if (now < Date.parse(clock.dataset.heldUntil)) return { name: "paused", text: clock.dataset.heldText, share: null };
  const left = worked(windows, now, due);
  const share = total ? Math.min(1, Math.max(0, 1 - left / total)) : null;
  const isOpen = windows.some(([open, close]) => open <= now && now < close);
  if (!isOpen) return { name: "paused", text: clock.dataset.pausedText || pausedText(windows, now), share };
  const name = share !== null && share >= Number(clock.dataset.warnsAt) ? "soon" : "ok";
  return { name, text: say(words.left, length(Math.max(1, Math.ceil(left)), dayMinutes)), share };
}

/** Working minutes between two moments. */
function worked(windows, from, to) {
  return windows.reduce((sum, [open, close]) => sum + Math.max(0, Math.min(close, to) - Math.max(open, from)), 0) / MINUTE;
}

function length(minutes, dayMinutes) {
  if (minutes >= 2 * dayMinutes) return say(words.days, { days: Math.floor(minutes / dayMinutes) });
  const h = Math.floor(minutes / 60);
  const m = minutes % 60;
  if (!h) return say(words.minutes, { m });
  return m ? say(words.hours, { h, m: String(m).padStart(2, "0") }) : say(words.wholeHours, { h });
}

function pausedText(windows, now) {
  const next = windows.find(([open]) => open > now);
  return next ? say(words.paused, opening(new Date(next[0]), new Date(now))) : "";
}

/** `9:00` today, else `11/24(火) 9:00`, `Tue 24 Nov 9:00` in one piece, as the server writes it, in the organisation's time zone. */
function opening(date, now) {
  const [day, time] = moment(date);
  return day === moment(now)[0] ? time : `${day} ${time}`.replaceAll(" ", "\u00a0");
}

function moment(date) {
  const locale = document.documentElement.lang;
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat(locale === "ja" ? "ja-JP" : "en-GB", {
      timeZone: words.zone, month: locale === "ja" ? "numeric" : "short", day: "numeric", weekday: "short",
      hour: "numeric", minute: "2-digit", hourCycle: "h23",
    }).formatToParts(date).map(({ type, value }) => [type, value]),
  );
  const time = `${Number(parts.hour)}:${parts.minute}`;
  if (locale === "ja") return [`${parseInt(parts.month, 10)}/${parseInt(parts.day, 10)}(${parts.weekday})`, time];
  return [`${parts.weekday} ${parts.day} ${parts.month}`, time];
}

/** Text with its numbers set larger. */
function write(element, text, withNumbers) {
  const pieces = withNumbers ? text.split(/(\d+)/) : [text];
  element.replaceChildren(
    ...pieces.filter(Boolean).map((piece) => {
      if (!withNumbers || !/^\d+$/.test(piece)) return document.createTextNode(piece);
      const strong = document.createElement("b");
      strong.textContent = piece;
      return strong;
    }),
  );
}

function drawShare(clock, share) {
  clock.querySelector(".left")?.setAttribute("stroke-dasharray", `${Math.round((1 - share) * 100)} 100`);
  const bar = clock.closest(".hf-task")?.querySelector(".hf-timebar");
  if (!bar) return;
  bar.dataset.clock = clock.dataset.clock;
  bar.querySelector(".used").setAttribute("width", Math.round(share * 100));
}
