// A little on top of pages that work without it: the design system's behaviour, and lists that renew themselves.
import { initAll } from '/assets/govuk/govuk-frontend.min.js'

initAll()

const REFRESH_MILLISECONDS = 30000
const live = document.querySelector('[data-live]')

async function renew () {
  // Nobody's place is taken from under them: not while the page is hidden, in use by keyboard, or selected in.
  if (document.hidden || live.contains(document.activeElement) || !document.getSelection().isCollapsed) return
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: 'text/html' } })
    if (!answer.ok || answer.redirected) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.querySelector('[data-live]')
    if (fresh && fresh.innerHTML !== live.innerHTML) live.innerHTML = fresh.innerHTML
  } catch {
    // The next time may work; the page says when it was made.
  }
}

if (live) window.setInterval(renew, REFRESH_MILLISECONDS)
