// Brings #progress up to date without loading the page again, and says aloud when it reads differently in a way that
// matters: each quarter, and the end. The page itself says how often to look.
(() => {
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const box = () => document.getElementById("progress");
  const quarter = () => { const bar = box().querySelector("progress[max]"); return bar ? Math.floor(4 * bar.value / bar.max) : -1; };
  let said = quarter();
  const look = async () => {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const fresh = answer.ok && parse(await answer.text()).getElementById("progress");
      if (!fresh) return location.reload();
      const had = document.activeElement && box().contains(document.activeElement);
      if (fresh.innerHTML !== box().innerHTML) {
        const bar = box().querySelector("progress"), next = fresh.querySelector("progress");
        if (bar && next) {
          box().querySelector("#progress-words").textContent = fresh.querySelector("#progress-words").textContent;
          [...next.attributes].forEach((a) => bar.setAttribute(a.name, a.value));
        } else {
          box().replaceWith(document.importNode(fresh, true));
          if (had) box().querySelector("a, button")?.focus();
        }
      }
      const now = quarter(), ended = !box().dataset.again;
      if (ended || now !== said) document.getElementById("progress-said").textContent = box().querySelector("#progress-words").textContent;
      said = now;
      if (!ended) setTimeout(look, +box().dataset.again);
    } catch { setTimeout(look, 10000); }
  };
  if (box()?.dataset.again) setTimeout(look, +box().dataset.again);
})();
