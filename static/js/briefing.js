/* The sheet's one button: prints the page. */
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
