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

  const place = (id) => document.getElementById(`chart-${id}`);
  const page = document.documentElement.dataset;
  let waiting = [];

  const drawOne = () => {
    const near = waiting.findIndex(({ id }) => {
      const box = place(id).getBoundingClientRect();
      return box.bottom > 0 && box.top < window.innerHeight;
    });
    const [chart] = waiting.splice(Math.max(near, 0), 1);
    const { data, layout } = painted(chart.figure, themes[page.theme], false);
    // Drawn anew: a change of a drawn chart may be animated, and paper does not wait.
    Plotly.newPlot(place(chart.id), data, layout, options);
    if (waiting.length === 0) page.drawn = page.theme;
  };

  // One after the other, what is in sight first, so that the page answers meanwhile.
  const drawLater = () => {
    if (waiting.length === 0) return;
    drawOne();
    setTimeout(drawLater);
  };

  const want = (name) => {
    if (page.theme === name) return;
    page.theme = name;
    delete page.drawn;
    waiting = [...charts];
  };

  const surroundings = () => (dark.matches ? "dark" : "light");
  const follow = () => {
    want(surroundings());
    drawLater();
  };
  follow();
  dark.addEventListener("change", follow);
  window.addEventListener("beforeprint", () => {
    want("light");
    while (waiting.length > 0) drawOne();
  });
  window.addEventListener("afterprint", follow);
})();
