// Asks what is close to what is typed, once typing pauses, and shows it below. Never moves the focus.
(() => {
  const PAUSE = 700, LONGEST = 1000; // milliseconds; characters of the question that are asked about
  document.querySelectorAll("[data-radar]").forEach((radar) => {
    const form = radar.closest("form"), status = radar.querySelector("[role=status]"), place = radar.querySelector(".radar__found");
    if (!form || !window.AbortController) return;
    let timer, running, asked = "", shown = "", waiting = null;
    const question = () => {
      const words = new URLSearchParams(), all = [...form.elements];
      const text = (name) => (all.find((e) => e.name === name)?.value || "").trim();
      words.set("title", text("title"));
      words.set("question", text("question").slice(0, LONGEST));
      words.set("country", text("countries"));
      all.filter((e) => e.name === "themes" && e.checked).forEach((e) => words.append("theme", e.value));
      if (radar.dataset.project) words.set("project", radar.dataset.project);
      return words.get("title") || words.get("question") ? words.toString() : "";
    };
    const show = (html) => {
      if (place.contains(document.activeElement)) { waiting = html; return; } // somebody reads it: later
      waiting = null;
      if (shown === html) return;
      place.innerHTML = shown = html;
      const said = place.querySelector("[data-said]")?.textContent || "";
      if (status.textContent !== said) status.textContent = said;
    };
    const ask = async () => {
      const now = question();
      if (now === asked) return;
      running?.abort();
      asked = now;
      if (!now) return show("");
      const mine = running = new AbortController();
      try {
        const answer = await fetch(radar.dataset.radar + "?" + now, { signal: mine.signal, credentials: "same-origin", redirect: "error" });
        if (answer.ok && running === mine) show((await answer.text()).trim());
        else if (running === mine) asked = "";
      } catch { if (running === mine) asked = ""; } // a dropped line: what is shown stays, the next pause asks again
    };
    const soon = () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    place.addEventListener("focusout", () => setTimeout(() => { if (waiting !== null) show(waiting); }));
    if (question()) soon(); // a form that came back with errors, or a draft
  });
})();
