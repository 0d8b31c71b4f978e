// Draws the charts in the colours that the reader's surroundings ask for.
"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const charts = read("charts");
  const themes = read("themes");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const options = {
    displaylogo: false,
    responsive: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  };

  // Colours are roles; only properties that hold a colour are looked at, names never are.
  const painted = (value, theme, colour) => {
    if (Array.isArray(value)) return value.map((each) => painted(each, theme, colour));
    if (value !== null && typeof value === "object") {
      const found = {};
      for (const key of Object.keys(value)) {
        found[key] = painted(value[key], theme, /color/.test(key));
      }
      return found;
    }
    if (colour && typeof value === "string" && value.startsWith("role:")) {
      return theme[value.slice(5)];
    }
    return value;
  };

  const draw = (name) => {
    document.documentElement.dataset.theme = name;
    for (const chart of charts) {
      const { data, layout } = painted(chart.figure, themes[name], false);
      Plotly.react(document.getElementById(`chart-${chart.id}`), data, layout, options);
    }
  };

  const wanted = () => (dark.matches ? "dark" : "light");
  draw(wanted());
  dark.addEventListener("change", () => draw(wanted()));
  window.addEventListener("beforeprint", () => draw("light"));
  window.addEventListener("afterprint", () => draw(wanted()));
})();
