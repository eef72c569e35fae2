/* Live regions: data-poll-url is asked every data-poll-seconds (5) whether anything is new; 304 means no.
   Never while somebody is typing in it, has a sheet open, or the page is hidden. */
export function bindRegions() {
  for (const region of document.querySelectorAll("[data-poll-url]")) {
    setInterval(() => ask(region), Number(region.dataset.pollSeconds || 5) * 1000);
  }
}

async function ask(region) {
  if (document.hidden || region.dataset.asking || isInUse(region)) return;
  region.dataset.asking = "1";
  try {
    const headers = { "HX-Request": "true", "X-Requested-With": "XMLHttpRequest" };
    if (region.dataset.etag) headers["If-None-Match"] = region.dataset.etag;
    const answer = await fetch(region.dataset.pollUrl, { headers, credentials: "same-origin", cache: "no-store" });
    if (answer.status === 200 && !answer.redirected) await swap(region, answer);
  } catch {
    /* away for a moment; the next turn asks again */
  } finally {
    delete region.dataset.asking;
  }
}

async function swap(region, answer) {
  const etag = answer.headers.get("ETag") || "";
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (isInUse(region)) return;
  const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
  region.dataset.etag = etag;
  region.replaceChildren(...fresh.body.childNodes);
  window.htmx?.process(region);
  if (focused) document.getElementById(focused)?.focus();
  region.dispatchEvent(new CustomEvent("hf:swapped", { bubbles: true }));
}

function isInUse(region) {
  const active = document.activeElement;
  const isTyping = region.contains(active) && active.matches("input, textarea, select");
  return isTyping || Boolean(document.querySelector("dialog[open]")) || Boolean(region.querySelector("details[open], :checked"));
}
