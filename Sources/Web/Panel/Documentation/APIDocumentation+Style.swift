extension APIDocumentation {
    /// Narrow screens first; the contents stand beside the text where there is room; paper has no contents.
    package static let style = """
        :root { color-scheme: light dark; --accent: #0b57d0; --line: #8886; --soft: #8881; }
        @media (prefers-color-scheme: dark) { :root { --accent: #8ab4f8; } }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 1rem; }
        body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; padding: 0 1rem; overflow-wrap: anywhere; }
        a { color: var(--accent); }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        .skip { position: absolute; left: -100vw; }
        .skip:focus { left: 0; }
        .title { font-weight: bold; }
        h1 { font-size: 1.7rem; } h2 { font-size: 1.4rem; margin-top: 3rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
        h3 a { color: inherit; text-decoration: none; }
        .verb { font-weight: bold; font-size: .8em; letter-spacing: .03em; }
        code { font-size: .9em; }
        pre { background: var(--soft); border: 1px solid var(--line); padding: .6rem .8rem; margin: .3rem 0 1rem;
            white-space: pre-wrap; }
        table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; table-layout: fixed; }
        caption, .caption { text-align: left; font-weight: bold; margin: .8rem 0 .2rem; }
        th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; font-weight: normal;
            border-bottom: 1px solid var(--line); }
        thead th { font-size: .85rem; }
        nav { font-size: .9rem; }
        nav ul { list-style: none; padding: 0; margin: .3rem 0; } nav ul ul { padding-left: 1rem; }
        nav li { padding: .15rem 0; }
        summary { cursor: pointer; padding: .3rem 0; }
        @media (min-width: 64rem) {
            body { display: grid; grid-template-columns: 20rem minmax(0, 52rem); gap: 0 3rem; }
            header, .skip { grid-column: 1 / -1; }
            nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; align-self: start; }
        }
        @media print {
            nav, .skip { display: none; }
            body { display: block; font-size: 10pt; }
            a { color: inherit; }
            article, pre, tr { break-inside: avoid-page; }
            h2, h3, caption { break-after: avoid-page; }
        }

        """
}
