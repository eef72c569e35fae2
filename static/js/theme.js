/* Light, dark or as the device says: kept in a cookie, so that the server draws the next page right. */
export function bindTheme() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-form] button[name=theme]");
    if (!button) return;
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `handoff_theme=${button.value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    document.documentElement.dataset.bsTheme = button.value;
    for (const other of document.querySelectorAll("[data-theme-form] button[name=theme]")) {
      other.setAttribute("aria-pressed", String(other.value === button.value));
    }
    document.dispatchEvent(new CustomEvent("hf:theme"));
  });
}
