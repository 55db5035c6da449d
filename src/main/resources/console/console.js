// Says whether the values on the page are live. Pages work without this, and without any script.
(function () {
  "use strict";
  var connection = document.getElementById("connection");
  var silence;
  function say(state, words) {
    document.documentElement.dataset.connection = state;
    // Screen readers announce each change.
    if (connection.textContent !== words) { connection.textContent = words; }
  }
  function lost() { say("lost", "not live: the values are old"); }
  document.body.addEventListener("htmx:sseError", lost);
  // The service sends every second. A connection can also end without an error.
  document.body.addEventListener("htmx:sseMessage", function () {
    say("live", "live");
    clearTimeout(silence);
    silence = setTimeout(lost, 5000);
  });
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
