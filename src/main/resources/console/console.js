// Says whether the values on the page are live. Pages work without this, and without any script.
(function () {
  "use strict";
  var connection = document.getElementById("connection");
  function say(state, words) {
    document.documentElement.dataset.connection = state;
    connection.textContent = words;
  }
  document.body.addEventListener("htmx:sseMessage", function () { say("live", "live"); });
  document.body.addEventListener("htmx:sseError", function () { say("lost", "not live: the values are old"); });
  // A form that was sent must not be sent again by an impatient second click.
  document.body.addEventListener("submit", function (event) {
    if (event.target.method === "post") {
      if (event.target.dataset.sent) { event.preventDefault(); }
      event.target.dataset.sent = "yes";
    }
  });
  // The browser may show a page from its memory when somebody goes back.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form").forEach(function (form) { delete form.dataset.sent; });
  });
})();
