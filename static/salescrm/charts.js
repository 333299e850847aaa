/* Charts from json_script blocks: bars, pace, fall, curve, lines. ECharts is loaded when the first one comes into view.
   The grammar: fact in accent, plan dashed in text colour, forecast dotted or pale, last year a thin grey line; names at
   the line's end, no legend; axis from zero. */
"use strict";

(function () {
  const PHONE = 768;
  const NAMES = ["text", "text-2", "text-3", "line", "line-2", "fact", "forecast", "plan", "ly", "good", "bad", "warn", "surface"];
  let c = {};
  let font = {};
  let phone = false;
  let show = String;

  function readTheme() {
    const probe = document.createElement("span");
    document.body.append(probe);
    c = Object.fromEntries(NAMES.map((name) => {
      probe.style.color = `var(--c-${name})`;
      return [name, getComputedStyle(probe).color];
    }));
    probe.remove();
    phone = innerWidth < PHONE;
    font = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: phone ? 13 : 12, color: c["text-3"] };
    const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
    show = (value) => (typeof value === "number" ? format.format(value).replace("-", "−") : String(value));
  }

  const category = (data, extra) => ({
    type: "category", data, axisTick: { show: false }, axisLine: { lineStyle: { color: c["line-2"] } },
    axisLabel: { ...font, hideOverlap: true }, ...extra,
  });
  const value = (extra) => ({
    type: "value", splitNumber: 3, axisLabel: { ...font, formatter: show }, splitLine: { lineStyle: { color: c.line } }, ...extra,
  });
  const unit = (name) => ({ name, nameTextStyle: { ...font, align: "right", padding: [0, 4, 0, 0] }, nameGap: 10 });
  const end = (text, color, extra) => ({ show: Boolean(text), formatter: text, ...font, color, fontWeight: 600, distance: 6, ...extra });
  const spot = (at, text, offset) => ({
    symbol: "circle", symbolSize: 8, itemStyle: { color: c.fact, borderColor: c.surface, borderWidth: 2 }, silent: true,
    label: { ...font, color: c.text, fontWeight: 600, position: "right", offset, formatter: text || "" }, data: [{ coord: at }],
  });
  const thin = (name, data, text, extra) => ({
    type: "line", name: name || "", data, symbol: "none", lineStyle: { color: c.ly, width: 1.25 },
    endLabel: end(text, c["text-3"], { fontWeight: 400, ...extra }),
  });

  const make = {
    /* monthly bars, last year a thin line labelled at its end; the last bar pale while its month runs */
    bars(d) {
      const last = d.x.length - 1;
      const series = [{
        type: "bar", name: d.name || d.unit || "", barWidth: "62%",
        data: d.y.map((v, i) => ({ value: v, itemStyle: { color: d.partial && i === last ? c.forecast : c.fact, borderRadius: [2, 2, 0, 0] } })),
        label: { show: true, position: "top", ...font, color: c.text, formatter: (p) => ((d.mark || []).includes(p.dataIndex) ? show(p.value) : "") },
      }];
      if (d.ly) series.push(thin(d.lyName, d.ly, phone ? "" : d.lyName));
      return { grid: { left: 40, right: d.ly && !phone ? 74 : 8, top: 24, bottom: 24 }, xAxis: category(d.x), yAxis: value(unit(d.unit)), series };
    },
    /* cumulative fact against plan, with forecast and last year */
    pace(d) {
      const forecast = d.x.map((_, i) => (i < d.fact.length - 1 ? null : (d.fc || [])[i - d.fact.length + 1]));
      const at = [d.x[d.fact.length - 1], d.fact[d.fact.length - 1]];
      return {
        grid: { left: 40, right: phone ? 92 : 128, top: 24, bottom: 24 },
        xAxis: category(d.x, { boundaryGap: false, axisLabel: { ...font, interval: phone ? 9 : 4 } }), yAxis: value(unit(d.unit)),
        series: [
          ...(d.ly ? [thin(d.lyName, d.ly, d.lyName, { offset: [0, d.lyShift || 0] })] : []),
          { type: "line", name: d.planName || "", data: d.plan, symbol: "none", lineStyle: { color: c.plan, width: 1.25, type: [4, 4] }, endLabel: end(d.planName, c.text, { offset: [0, -8] }) },
          { type: "line", name: d.fcName || "", data: forecast, symbol: "none", lineStyle: { color: c.fact, width: 2, type: [2, 3] }, endLabel: end(d.fcName, c.fact) },
          { type: "line", name: d.factName || "", data: d.fact, symbol: "none", lineStyle: { color: c.fact, width: 2.5 }, areaStyle: { color: c.fact, opacity: 0.07 }, markPoint: spot(at, d.factName, [4, 16]) },
        ],
      };
    },
    /* waterfall of the base: totals stand on the axis, changes hang between them */
    fall(d) {
      let level = 0;
      const columns = { base: [], total: [], up: [], down: [] };
      d.y.forEach((v, i) => {
        const isTotal = d.total.includes(i);
        columns.base.push(isTotal ? 0 : Math.min(level, level + v));
        columns.total.push(isTotal ? v : "-");
        columns.up.push(!isTotal && v >= 0 ? v : "-");
        columns.down.push(!isTotal && v < 0 ? -v : "-");
        level = isTotal ? v : level + v;
      });
      const bar = (data, color, opacity, sign, text) => ({
        type: "bar", stack: "all", barWidth: "56%", data, itemStyle: { color, opacity, borderRadius: 2 },
        label: { show: true, position: "top", ...font, color: text, fontWeight: 600, formatter: (p) => sign + show(p.value) },
      });
      return {
        grid: { left: 6, right: 6, top: 24, bottom: 44 },
        xAxis: category(d.x, { axisLabel: { ...font, color: c["text-2"], interval: 0, lineHeight: 16, hideOverlap: false } }),
        yAxis: { type: "value", show: false }, tooltip: { show: false },
        series: [
          { type: "bar", stack: "all", data: columns.base, itemStyle: { color: "transparent" }, silent: true },
          bar(columns.total, c.fact, 1, "", c.text), bar(columns.up, c.good, 0.62, "+", c.good), bar(columns.down, c.bad, 0.62, "−", c.bad),
        ],
      };
    },
    /* share of turnover against clients, sorted: concentration */
    curve(d) {
      const line = { lineStyle: { color: c["line-2"], type: "solid" }, label: { show: false } };
      const to = [[{ coord: [0, d.at[1]] }, { coord: d.at }], [{ coord: [d.at[0], 0] }, { coord: d.at }]];
      return {
        grid: { left: 48, right: 20, top: 16, bottom: 40 },
        xAxis: { type: "value", max: d.max, axisTick: { show: false }, axisLabel: { ...font, formatter: show, hideOverlap: true }, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: c["line-2"] } }, name: d.xName, nameLocation: "middle", nameGap: 24, nameTextStyle: font },
        yAxis: value({ max: 100, interval: 25, axisLabel: { ...font, formatter: "{value} %" } }), tooltip: { show: false },
        series: [
          ...(d.ly ? [{ type: "line", smooth: 0.3, symbol: "none", data: d.ly, lineStyle: { color: c.ly, width: 1 } }] : []),
          { type: "line", smooth: 0.3, symbol: "none", data: d.y, lineStyle: { color: c.fact, width: 2.5 }, markLine: { symbol: "none", silent: true, ...line, data: to }, markPoint: spot(d.at, d.atName, [4, 18]) },
        ],
      };
    },
    /* a few lines, labelled at the end; the first is the subject */
    lines(d) {
      const series = d.s.map((s, i) => {
        const color = i ? c[s.tone || "ly"] : c.fact;
        return { type: "line", name: s.name, data: s.y, symbol: "none", lineStyle: { color, width: i ? 1.25 : 2.5 }, endLabel: end(s.name, i ? c["text-2"] : c.fact, { offset: [0, s.shift || 0], fontWeight: i ? 400 : 600 }) };
      });
      return { grid: { left: 44, right: phone ? 92 : 122, top: 24, bottom: 24 }, xAxis: category(d.x, { boundaryGap: false }), yAxis: value(unit(d.unit)), series };
    },
  };

  function tooltip() {
    return {
      trigger: "axis", renderMode: "richText", backgroundColor: c.surface, borderColor: c["line-2"], borderWidth: 1, padding: [8, 10],
      textStyle: { ...font, color: c.text }, axisPointer: { type: "line", lineStyle: { color: c["line-2"] } },
      formatter: (points) => [points[0]?.axisValueLabel, ...points.filter((p) => p.value !== null && p.value !== "-").map((p) => `${p.seriesName ? `${p.seriesName}: ` : ""}${show(p.value)}`)].join("\n"),
    };
  }

  function draw(box) {
    const block = document.getElementById(box.dataset.chart);
    if (!block) return;
    const data = JSON.parse(block.textContent);
    const chart = window.echarts.getInstanceByDom(box) || window.echarts.init(box, null, { renderer: "svg" });
    readTheme();
    chart.setOption({ animation: false, textStyle: font, aria: { enabled: false }, tooltip: tooltip(), ...make[data.kind](data) }, true);
  }

  const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const chart = window.echarts?.getInstanceByDom(target);
    if (chart && target.clientWidth && (chart.getWidth() !== target.clientWidth || chart.getHeight() !== target.clientHeight)) chart.resize();
  }));
  const inView = new IntersectionObserver((entries) => entries.filter((one) => one.isIntersecting).forEach(({ target }) => {
    inView.unobserve(target);
    window.crm.load("echarts").then(() => { draw(target); sizes.observe(target); });
  }), { rootMargin: "200px" });

  window.crm.charts = (root) => root.querySelectorAll("[data-chart]").forEach((box) => {
    if (!window.echarts?.getInstanceByDom(box)) inView.observe(box);
  });
  document.addEventListener("theme", () => {
    if (window.echarts) document.querySelectorAll("[data-chart]").forEach((box) => { if (window.echarts.getInstanceByDom(box)) draw(box); });
  });
  addEventListener("beforeprint", () => document.querySelectorAll("[data-chart]").forEach((box) => window.crm.load("echarts").then(() => draw(box))));
})();
