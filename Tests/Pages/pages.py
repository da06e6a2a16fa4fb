#!/usr/bin/env python3
"""Looks at pages and charts in a browser as readers do.

For each page: at 360, 600, 768 and 1,280 pixels, in light and dark, and on paper: no two texts of a chart intersect, none leaves its
chart or its window, none is smaller than 11 pixels, nothing is wider than the page, and axe-core finds nothing. For each SVG
file: the same of its texts. With --shots FOLDER a picture of each page is left there, to be looked at; rsvg-convert makes
those of SVG files.

    pip install playwright axe-playwright-python, apt-get install chromium
    STORMO_GALLERY=/tmp/gallery swift test --filter ChartsTests
    Tests/Pages/pages.py /tmp/gallery/*.html /tmp/gallery/*.svg

As root the browser runs without its sandbox. It reads the files named, and no network.
"""

import argparse
import os
import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

MEASURE = """
() => {
  const found = [];
  const shown = [...document.querySelectorAll('svg')].filter(s => !s.parentElement || !s.parentElement.closest('svg'));
  let texts = 0;
  for (const svg of shown) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;
    const name = svg.getAttribute('aria-label') || 'the file';
    const boxes = [];
    for (const text of svg.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      const label = [...text.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('');
      const size = parseFloat(getComputedStyle(text).fontSize);
      texts += 1;
      if (size < 11) found.push(`${name}: '${label}' is ${size} px`);
      if (box.left < frame.left - 0.5 || box.right > frame.right + 0.5 || box.top < frame.top - 0.5
          || box.bottom > frame.bottom + 0.5) found.push(`${name}: '${label}' leaves its chart`);
      for (const other of boxes)
        if (box.left < other.box.right - 0.5 && other.box.left < box.right - 0.5
            && box.top < other.box.bottom - 0.5 && other.box.top < box.bottom - 0.5)
          found.push(`${name}: '${label}' meets '${other.label}'`);
      boxes.push({box, label});
    }
  }
  const root = document.documentElement;
  if (document.body && root.scrollWidth > root.clientWidth)
    found.push(`the page is ${root.scrollWidth} px wide in a window of ${root.clientWidth}`);
  const figures = document.querySelectorAll('figure.chart');
  for (const figure of figures) {
    const drawn = [...figure.children].filter(e => e.tagName === 'svg' && e.getBoundingClientRect().width > 0);
    if (drawn.length !== 1) found.push(`a figure shows ${drawn.length} drawings`);
  }
  return {found, texts};
}
"""

WAYS = [(width, theme) for width in (360, 768, 1280) for theme in ("light", "dark")] + [(600, "light"), (718, "print")]


# What axe-core would look at for minutes and find alike: rows of a table beyond the fifth, and what a drawing is made of,
# which readers are given as one picture with a label.
THIN = """
() => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  document.querySelectorAll('tbody tr:nth-child(n+6)').forEach(row => row.remove());
  document.querySelectorAll('svg[role=img]').forEach(svg => svg.replaceChildren());
}
"""


def accessibility(page):
    """Returns what axe-core finds, with all that unfolds unfolded."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(THIN)
    for violation in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
        nodes = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
        yield f"{violation['id']}: {violation['help']}: {nodes[:3]}"


def look(browser, path, shots):
    """Returns what is wrong with a page or a drawing."""
    wrong, texts = [], 0
    is_page = path.suffix == ".html"
    for width, theme in WAYS if is_page else [(1280, "light")]:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if theme == "dark" else "light", bypass_csp=True)
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        if theme == "print":
            page.emulate_media(media="print")
        page.goto(path.as_uri())
        result = page.evaluate(MEASURE)
        where = f"{path.name} at {width}, {theme}"
        wrong += [f"{where}: {sentence}" for sentence in result["found"]]
        texts += result["texts"]
        wrong += [f"{where}: asks for {url}" for url in asked[1:]]
        if shots and is_page:
            page.screenshot(path=f"{shots}/{path.stem}-{path.suffix[1:]}-{width}-{theme}.png", full_page=True)
        if is_page and theme != "print":
            wrong += [f"{where}: {sentence}" for sentence in accessibility(page)]
        context.close()
    if not texts:
        wrong.append(f"{path.name}: has no chart with texts")
    return wrong, texts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--shots", help="a folder for pictures")
    arguments = parser.parse_args()
    if arguments.shots:
        os.makedirs(arguments.shots, exist_ok=True)
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not browser_path:
        sys.exit("no chromium; apt-get install chromium")
    wrong = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for path in arguments.files:
            own, texts = look(browser, path.resolve(), arguments.shots)
            print(f"{path}: {texts} texts, {len(own)} wrong")
            wrong += own
        browser.close()
    for sentence in wrong[:60]:
        print(sentence)
    print(f"{len(wrong)} wrong" if wrong else "all well")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
