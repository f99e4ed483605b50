/**
 * The one script of the HTML report, as text. It makes better what works without
 * it: details that hover shows as plain titles appear in a panel, by keyboard
 * too; the filter gets a search, a count and a way back.
 *
 * Text reaches the page by `textContent` alone. The policy of the page allows
 * this text by its hash and nothing else.
 *
 * @module
 */

/** Plain JavaScript; depends on nothing but the page. */
export const SCRIPT = `"use strict";
(() => {
  const find = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Details of what is pointed at or focused.
  const panel = document.createElement("div");
  panel.id = "details-panel";
  panel.setAttribute("role", "tooltip");
  panel.hidden = true;
  document.body.append(panel);
  let shown = null;
  const textOf = (element) => {
    const title = element.getAttribute("title");
    if (title !== null) {
      element.removeAttribute("title"); // or the browser shows it as well
      element.dataset.details = title;
    }
    return element.dataset.details || "";
  };
  const hide = () => {
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    panel.hidden = true;
  };
  const show = (element) => {
    if (element === shown) return;
    hide();
    const lines = textOf(element).split("\\n");
    if (lines[0] === "") return;
    panel.replaceChildren(...lines.map((line, i) => {
      const part = document.createElement(i === 0 ? "strong" : "span");
      part.textContent = line;
      return part;
    }));
    panel.hidden = false;
    shown = element;
    element.setAttribute("aria-describedby", panel.id);
    place();
  };
  const place = () => {
    if (!shown) return;
    const at = shown.getBoundingClientRect();
    const size = panel.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const left = Math.min(Math.max(8, at.left + at.width / 2 - size.width / 2), width - size.width - 8);
    const above = at.top - size.height - 8;
    panel.style.left = Math.max(8, left) + "px";
    panel.style.top = (above > 8 ? above : at.bottom + 8) + "px";
  };
  const holder = (target) => target instanceof Element && target.closest("[title],[data-details]");
  document.addEventListener("pointerover", (event) => {
    const element = holder(event.target);
    if (element) show(element);
    else if (shown && shown !== document.activeElement) hide();
  });
  document.addEventListener("focusin", (event) => {
    const element = holder(event.target);
    if (element) show(element);
    else hide();
  });
  document.addEventListener("focusout", hide);
  addEventListener("scroll", place, { passive: true, capture: true });
  addEventListener("resize", place);

  // One tab stop per strip of tokens; arrows move inside.
  for (const strip of find(".strip")) {
    const first = strip.querySelector("[title]");
    if (first) first.tabIndex = 0;
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const token = event.target instanceof Element && event.target.closest(".strip .t");
    if (!token) return;
    const tokens = find(".t", token.parentElement);
    const at = tokens.indexOf(token);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tokens.length - 1 }[event.key];
    if (to === undefined || !tokens[to]) return;
    event.preventDefault();
    token.tabIndex = -1;
    tokens[to].tabIndex = 0;
    tokens[to].focus({ preventScroll: false });
  });

  // The filter: a search, a count, a way back.
  const filter = document.getElementById("filter");
  if (!filter) return;
  const boxes = find("input[type=checkbox]", filter);
  const arms = boxes.filter(({ id }) => id.startsWith("show-arm-"));
  const count = document.getElementById("filter-count");
  count.setAttribute("role", "status");
  const tools = document.createElement("div");
  tools.className = "tools";
  const search = document.createElement("input");
  search.type = "search";
  search.id = "filter-search";
  search.placeholder = "calm";
  const label = document.createElement("label");
  label.append("Policies with ", search, " in their name");
  const reset = document.createElement("button");
  reset.type = "button";
  reset.textContent = "Show everything";
  tools.append(label, reset);
  filter.querySelector(".boxes").prepend(tools);
  const tell = () => {
    const rows = find("table.verdicts tbody tr");
    const visible = rows.filter((row) => getComputedStyle(row).display !== "none").length;
    const hidden = boxes.some(({ checked }) => !checked);
    count.textContent = hidden ? "— " + visible + " of " + rows.length + " policies shown" : "";
    hide();
  };
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const box of arms) {
      const baseline = box === arms[0]; // always there to compare with
      box.checked = baseline || box.parentElement.textContent.toLowerCase().includes(wanted);
    }
    tell();
  });
  reset.addEventListener("click", () => {
    search.value = "";
    for (const box of boxes) box.checked = true;
    tell();
  });
  filter.addEventListener("change", tell);
  tell();
})();
`;
