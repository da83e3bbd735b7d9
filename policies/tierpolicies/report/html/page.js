"use strict";
(() => {
  const one = (id) => document.getElementById(id);
  const root = document.documentElement;

  // Colours: as the system has them until somebody chooses.
  const themes = ["as the system", "light", "dark"];
  const button = one("theme");
  const remembered = () => { try { return Number(localStorage.getItem("tierwright-theme")) || 0; } catch { return 0; } };
  let theme = remembered() % themes.length;
  const paint = () => {
    if (theme) root.dataset.theme = themes[theme]; else delete root.dataset.theme;
    button.textContent = `Colours: ${themes[theme]}`;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = (theme + 1) % themes.length;
    try { localStorage.setItem("tierwright-theme", String(theme)); } catch { /* it is forgotten, then */ }
    paint();
  });
  paint();

  // What is long is folded, except for who prints it or is sent to it.
  const folds = [...document.querySelectorAll("details")];
  for (const each of folds) each.open = false;
  const reveal = () => {
    const target = location.hash && one(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); target.firstElementChild.focus(); }
  };
  addEventListener("hashchange", reveal);
  reveal();
  let before = [];
  addEventListener("beforeprint", () => { before = folds.map((each) => each.open); for (const each of folds) each.open = true; });
  addEventListener("afterprint", () => { folds.forEach((each, at) => { each.open = before[at]; }); });

  const form = one("filters");
  if (!form) return;
  const list = one("list"), shown = one("shown"), nothing = one("nothing"), reverse = one("reverse");
  const items = [...list.children].map((element, at) => ({
    element, ranks: [at, ...element.dataset.ranks.split(" ").map(Number)], severity: element.className,
    state: element.dataset.state, family: element.dataset.family, environment: element.dataset.environment,
  }));
  const boxes = [...form.querySelectorAll("input[name=severity]")];
  const choices = ["state", "family", "environment"].filter((name) => one(name));
  const text = one("text"), sort = one("sort");
  let order = "0 false";

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && items[0].text === undefined) for (const each of items) each.text = each.element.textContent.toLowerCase();
    const severities = new Set(boxes.filter((each) => each.checked).map((each) => each.value));
    const chosen = choices.map((name) => [name, one(name).value]).filter(([, value]) => value);
    let count = 0;
    for (const each of items) {
      const fits = severities.has(each.severity) && chosen.every(([name, value]) => each[name] === value)
        && words.every((word) => each.text.includes(word));
      if (each.element.hidden === fits) each.element.hidden = !fits;
      if (fits) count += 1;
    }
    nothing.hidden = count > 0;
    shown.textContent = `${count.toLocaleString("en")} of ${items.length.toLocaleString("en")} findings`;
  };
  const arrange = () => {
    const key = Number(sort.value), back = reverse.getAttribute("aria-pressed") === "true";
    if (order === `${key} ${back}`) return;
    order = `${key} ${back}`;
    const sorted = [...items].sort((a, b) => (a.ranks[key] - b.ranks[key]) * (back ? -1 : 1));
    const all = document.createDocumentFragment();
    for (const each of sorted) all.append(each.element);
    list.append(all);
  };
  let waiting = 0;
  text.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 80); });
  form.addEventListener("change", () => { filter(); arrange(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  form.addEventListener("reset", () => {
    reverse.setAttribute("aria-pressed", "false");
    setTimeout(() => { filter(); arrange(); }, 0);
  });
  reverse.addEventListener("click", () => {
    reverse.setAttribute("aria-pressed", String(reverse.getAttribute("aria-pressed") !== "true"));
    arrange();
  });
  form.hidden = false;
  filter();
  arrange();
})();
