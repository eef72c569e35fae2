/* A lead's page: where it is in the list it was opened from, and the way to its neighbours. */
const crumb = document.querySelector("[data-lead-crumb]");
const kept = JSON.parse(sessionStorage.getItem("hf-lead-list") ?? "null");
const at = kept ? kept.ids.indexOf(crumb?.dataset.pk) : -1;

if (crumb && at >= 0) {
  crumb.querySelector("[data-list]").href = kept.url;
  const place = (kept.first || 1) + at;
  crumb.querySelector("[data-place]").textContent = `${kept.list ? `${kept.list} ` : ""}${place}${kept.total ? ` / ${kept.total}` : ""}`;
  link("[data-previous]", kept.ids[at - 1]);
  link("[data-next]", kept.ids[at + 1]);
}

function link(selector, pk) {
  if (!pk) return;
  const anchor = crumb.querySelector(selector);
  anchor.href = location.pathname.replace(/\d+\/$/, `${pk}/`);
  anchor.hidden = false;
}
