import { Marked } from 'marked';

const SIGNS: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[<>&"]/g, (sign) => SIGNS[sign]!);
/** Where a link may lead: the web, mail, and this page. */
const LEADS = /^(?:https?:|mailto:|\/|#)/i;

const marked = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return LEADS.test(href) ? `<a href="${escapeHtml(href)}">${text}</a>` : text;
    },
    image: ({ text }) => escapeHtml(text),
  },
});

/** Markdown as HTML; HTML within it is shown as it is written. */
export function renderMarkdown(text: string): string {
  return marked.parse(text, { async: false });
}
