/* The place to drop a file: says which file was chosen and reads it at once. */
const input = document.querySelector(".hf-import-file input[type=file]");

function chosen() {
  const file = input.files[0];
  if (!file) return;
  document.getElementById("import-name").textContent = file.name;
  input.form.requestSubmit();
}

if (input) {
  input.addEventListener("change", chosen);
  for (const name of ["dragenter", "dragover"]) input.addEventListener(name, () => input.parentElement.classList.add("is-over"));
  for (const name of ["dragleave", "drop"]) input.addEventListener(name, () => input.parentElement.classList.remove("is-over"));
}
