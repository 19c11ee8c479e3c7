// Sorts and filters the findings, changes the theme, shows what a mark of a chart counts. The page is whole without it.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  function theme() {
    const button = $('#theme');
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
    const label = () => {
      button.textContent = isDark() ? 'Light theme' : 'Dark theme';
    };
    button.hidden = false;
    button.addEventListener('click', () => {
      document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
      label();
    });
    dark.addEventListener('change', label);
    label();
  }

  /** What a row is sorted by; undefined for nothing, which comes last whichever way. */
  function keyOf(row, { key, sort }) {
    const cell = $(`.c-${key}`, row);
    if (sort === 'number') return cell?.dataset.v === undefined ? undefined : Number(cell.dataset.v);
    const place = key === 'details' ? $('.brief', cell) : cell;
    return place === null || $('.none', place) ? undefined : place.textContent.trim().toLowerCase();
  }

  function sorting(table) {
    const rows = [...table.tBodies];
    const headings = $$('thead th', table);
    const sortBy = (heading, isAscending) => {
      const keys = new Map(rows.map((row) => [row, keyOf(row, heading.dataset)]));
      const sorted = [...rows].sort((a, b) => {
        const [x, y] = [keys.get(a), keys.get(b)];
        if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
        return (x > y) - (x < y) === 0 ? 0 : x > y === isAscending ? 1 : -1;
      });
      table.append(...sorted);
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
    };
    for (const heading of headings) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = heading.textContent;
      // On paper headings come again on each page, where browsers leave out buttons.
      heading.dataset.title = heading.textContent;
      heading.replaceChildren(button);
      button.addEventListener('click', () => {
        const now = heading.getAttribute('aria-sort');
        sortBy(heading, now === null ? !('most' in heading.dataset) : now === 'descending');
      });
    }
    // As the report has them.
    $('.c-severity', table).setAttribute('aria-sort', 'descending');
  }

  function filtering(table) {
    const rows = [...table.tBodies].map((row) => ({ row, text: undefined }));
    const input = $('#filter');
    const newOnly = $('#new-only');
    const chosen = (name) => new Set($$(`#filters input[name="${name}"]:checked`).map((box) => box.value));
    const textOf = (entry) => {
      // All that tells this finding apart; not what is said of each finding of the detector.
      entry.text ??= $$('td, th, dd', entry.row)
        .map((cell) => (cell.matches('.c-details') ? '' : cell.textContent))
        .join('\n')
        .toLowerCase();
      return entry.text;
    };
    const apply = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const [severities, outcomes] = [chosen('severity'), chosen('outcome')];
      let shown = 0;
      for (const entry of rows) {
        const { severity, outcome } = entry.row.dataset;
        const isShown =
          (severities.size === 0 || severities.has(severity)) &&
          (outcomes.size === 0 || outcomes.has(outcome)) &&
          (!newOnly?.checked || 'new' in entry.row.dataset) &&
          words.every((word) => textOf(entry).includes(word));
        entry.row.classList.toggle('filtered', !isShown);
        if (isShown) shown += 1;
      }
      const [some, all] = [shown, rows.length].map((count) => count.toLocaleString('en-US'));
      $('#status').textContent = `${some} of ${all} rows shown`;
      $('#no-match').hidden = shown > 0;
    };
    const clear = () => {
      for (const box of $$('#filters input:checked')) box.checked = false;
    };
    for (const place of $$('[data-pick]')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'pick';
      button.append(...place.childNodes);
      place.append(button);
      button.addEventListener('click', () => {
        clear();
        input.value = button.textContent;
        apply();
        $('#findings').scrollIntoView();
        $('#status').focus({ preventScroll: true });
      });
    }
    $('#filters').hidden = false;
    $('#filters').addEventListener('input', apply);
    for (const link of $$('.tile a[data-severity]')) {
      link.addEventListener('click', () => {
        for (const box of $$('#filters input[name="severity"]')) box.checked = box.value === link.dataset.severity;
        apply();
      });
    }
    document.addEventListener('keydown', (event) => {
      const isTyping = event.target instanceof Element && event.target.matches('input:not([type=checkbox]), textarea');
      if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.focus();
        input.select();
      } else if (event.key === 'Escape' && event.target === input) {
        event.preventDefault();
        input.value = '';
        apply();
      }
    });
    apply();
  }

  function opening(table) {
    const button = $('#open-all');
    const all = $$('.c-details > details', table);
    button.addEventListener('click', () => {
      const isOpen = button.getAttribute('aria-pressed') !== 'true';
      for (const details of all) details.open = isOpen;
      button.setAttribute('aria-pressed', String(isOpen));
    });
    // On paper nothing can be opened.
    const print = matchMedia('print');
    let closed = [];
    print.addEventListener('change', () => {
      if (print.matches) closed = all.filter((details) => !details.open);
      for (const details of closed) details.open = print.matches;
    });
  }

  function tips() {
    const tip = $('#tip');
    document.addEventListener('scroll', () => {
      tip.hidden = true;
    });
    document.addEventListener('pointermove', (event) => {
      const mark = event.target instanceof Element ? event.target.closest('.tips [aria-label]') : null;
      tip.hidden = mark === null;
      if (mark === null) return;
      tip.textContent = mark.getAttribute('aria-label');
      const { width, height } = tip.getBoundingClientRect();
      tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
      tip.style.top = `${event.clientY - height - 12 < 4 ? event.clientY + 18 : event.clientY - height - 12}px`;
    });
  }

  /** What scrolls can be reached with the keyboard, and nothing else is in the way. */
  function reaching() {
    const observer = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
        else target.removeAttribute('tabindex');
      }
    });
    for (const region of $$('.scroll')) observer.observe(region);
  }

  theme();
  tips();
  reaching();
  const table = $('table.findings');
  if (table !== null) {
    sorting(table);
    filtering(table);
    opening(table);
  }
})();
