/* The description of the API looks as its reader chose, or else as the device does. */
const page = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");

function draw() {
  const { theme } = page.dataset;
  page.classList.toggle("dark-mode", theme === "dark" || (theme !== "light" && device.matches));
}

draw();
device.addEventListener("change", draw);
