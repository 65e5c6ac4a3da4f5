// Puts a button behind each [data-copy] that copies its words. Without this script they are marked by hand.
(() => {
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach((text) => {
    const button = document.createElement("button");
    const say = (words) => { button.textContent = words; };
    Object.assign(button, { type: "button", className: "button button--quiet copy" });
    button.setAttribute("aria-live", "polite");
    say(text.dataset.copy);
    button.onclick = () => navigator.clipboard.writeText(text.textContent.trim().replace(/\s+/g, " ")).then(() => {
      say(text.dataset.copied);
      setTimeout(() => say(text.dataset.copy), 3000);
    }, () => {});
    text.after(button);
  });
})();
