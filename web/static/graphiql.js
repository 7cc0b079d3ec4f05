// Starts GraphiQL in its place on the page. A script of ours, since the policy of our pages allows none within them.
"use strict";

const place = document.getElementById("graphiql");
const example = "{\n  viewer {\n    name\n    today\n  }\n}\n";

// Its editors have no names for those who hear them, and what scrolls in them cannot be reached by keyboard.
function name_editors() {
  for (const field of place.querySelectorAll(".CodeMirror textarea:not([aria-label])")) {
    field.setAttribute("aria-label", field.closest("section[aria-label]").getAttribute("aria-label"));
    field.closest(".CodeMirror").querySelector(".CodeMirror-scroll").tabIndex = 0;
  }
}

window.__webpack_nonce__ = place.dataset.nonce; // its dialogs write one style sheet, which the policy knows by this
new MutationObserver(name_editors).observe(place, { childList: true, subtree: true });
place.lang = "en";
ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({
      url: "/graphql",
      subscriptionUrl: `${location.origin.replace("http", "ws")}/graphql`,
    }),
    defaultQuery: `${place.dataset.query}\n\n${example}`,
    forcedTheme: place.dataset.theme === "auto" ? "system" : place.dataset.theme,
    shouldPersistHeaders: false,
  }),
);
