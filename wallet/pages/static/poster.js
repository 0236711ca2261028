// One button: the browser's own print dialog.

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
