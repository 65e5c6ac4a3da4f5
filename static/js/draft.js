// Keeps what is typed into form[data-keep] on this device and offers it again after a dropped line.
// Kept text goes once the server has taken it: the page that follows a sent form names that form's page as referrer.
(() => {
  const store = localStorage, page = location.href.split("#")[0];
  const read = (key) => { try { return JSON.parse(store.getItem(key)); } catch { return null; } };
  const fields = (form) => [...form.elements].filter((e) => e.name && !/hidden|password|file|submit/.test(e.type));
  const box = (e) => /checkbox|radio/.test(e.type);
  const values = (form) => fields(form).map((e) => e.multiple ? [...e.selectedOptions].map((o) => o.value) : box(e) ? e.checked : e.value);
  const names = (form) => fields(form).map((e) => e.name).join();
  const forms = [...document.querySelectorAll("form[data-keep]")];
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus || 200;

  Object.keys(store).filter((key) => key.startsWith("kept:")).forEach((key) => {
    const refused = forms.some((f) => "kept:" + f.dataset.keep === key && f.querySelector("[aria-invalid]"));
    const kept = read(key);
    if (kept?.sent && kept.page === document.referrer && status < 400 && !refused) store.removeItem(key);
  });

  forms.forEach((form) => {
    const key = "kept:" + form.dataset.keep, kept = read(key);
    const keep = (sent) => { try { store.setItem(key, JSON.stringify({ page, sent, names: names(form), values: values(form) })); } catch { /* full */ } };
    const offer = document.createElement("div");
    const choice = (label, act) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button button--quiet", textContent: label });
      button.onclick = () => { act(); offer.remove(); };
      return button;
    };
    const restore = () => fields(form).forEach((e, i) => {
      const was = kept.values[i];
      if (e.multiple) [...e.options].forEach((o) => { o.selected = was.includes(o.value); });
      else if (box(e)) e.checked = was;
      else e.value = was;
    });
    if (kept && kept.names === names(form) && JSON.stringify(kept.values) !== JSON.stringify(values(form))) {
      offer.className = "message message--notice cluster";
      offer.append(form.dataset.keepOffer, choice(form.dataset.keepRestore, restore), choice(form.dataset.keepDiscard, () => store.removeItem(key)));
      form.prepend(offer);
    }
    let timer;
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 400); });
    form.addEventListener("submit", () => { clearTimeout(timer); keep(true); });
  });
})();
