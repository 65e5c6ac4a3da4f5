// Keeps what is typed into form[data-keep] on this device and offers it again after a dropped line.
// Kept text goes when the server has taken it: the page that answers a sent form names that form's page as its referrer.
(() => {
  const PREFIX = "kept:";
  const read = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
  const write = (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* full or forbidden */ } };
  const controls = (form) => [...form.elements].filter((c) => c.name && !["hidden", "password", "file", "submit"].includes(c.type));
  const chosen = (c) => c.type === "checkbox" || c.type === "radio";
  const value = (c) => c.multiple ? [...c.selectedOptions].map((o) => o.value) : chosen(c) ? c.checked : c.value;
  const values = (form) => controls(form).map((c) => [c.name, chosen(c) ? c.value : "", value(c)]);
  const forms = [...document.querySelectorAll("form[data-keep]")];
  const refused = (name) => forms.some((form) => PREFIX + form.dataset.keep === name && form.querySelector("[aria-invalid], .problems"));
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus || 200;

  for (const name of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    const kept = read(name);
    if (kept?.sent && kept.page === document.referrer.split("#")[0] && status < 400 && !refused(name)) localStorage.removeItem(name);
  }

  for (const form of forms) {
    const name = PREFIX + form.dataset.keep;
    const keep = (sent) => write(name, { page: location.href.split("#")[0], sent, values: values(form) });
    const kept = read(name);
    if (kept && JSON.stringify(kept.values) !== JSON.stringify(values(form))) {
      const offer = document.createElement("div");
      offer.className = "message message--notice";
      const words = document.createElement("p");
      words.textContent = form.dataset.keepOffer;
      const row = document.createElement("div");
      row.className = "actions";
      const choice = (label, act) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button--quiet";
        button.textContent = label;
        button.onclick = () => { act(); offer.remove(); };
        row.append(button);
      };
      choice(form.dataset.keepRestore, () => controls(form).forEach((c) => {
        const found = kept.values.find(([n, v]) => n === c.name && v === (chosen(c) ? c.value : ""));
        if (!found) return;
        if (c.multiple) [...c.options].forEach((o) => { o.selected = found[2].includes(o.value); });
        else if (chosen(c)) c.checked = found[2];
        else c.value = found[2];
      }));
      choice(form.dataset.keepDiscard, () => localStorage.removeItem(name));
      offer.append(words, row);
      form.prepend(offer);
    }
    let timer;
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => keep(false), 400); });
    form.addEventListener("submit", () => { clearTimeout(timer); keep(true); });
  }
})();
