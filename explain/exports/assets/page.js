"use strict";
(function () {
  // A box of a picture and what the page says of it show each other: by click or by Enter.
  function panelOf(figure) {
    return figure.querySelector(".panel");
  }
  function clear(figure) {
    figure.querySelectorAll(".chosen").forEach(function (part) {
      part.classList.remove("chosen");
    });
  }
  function choose(figure, id) {
    var words = document.getElementById(id + "-words");
    var drawn = document.getElementById(id);
    var panel = panelOf(figure);
    if (!words || !panel) { return; }
    clear(figure);
    words.parentElement.classList.add("chosen");
    if (drawn) { drawn.classList.add("chosen"); }
    panel.replaceChildren();
    panel.appendChild(words.cloneNode(true));
    var below = words.parentElement.querySelectorAll(":scope > ul > li");
    if (below.length) {
      var lead = document.createElement("p");
      lead.textContent = "This rests on:";
      panel.appendChild(lead);
      var list = document.createElement("ul");
      below.forEach(function (part) {
        var item = document.createElement("li");
        var said = part.querySelector(":scope > .box, :scope > a");
        if (said) { item.appendChild(said.cloneNode(true)); }
        list.appendChild(item);
      });
      panel.appendChild(list);
    }
    panel.querySelectorAll("[id]").forEach(function (part) { part.removeAttribute("id"); });
    panel.querySelectorAll("button").forEach(function (part) { part.remove(); });
    panel.querySelectorAll("details").forEach(function (part) { part.open = false; });
    panel.hidden = false;
  }
  document.querySelectorAll("figure.proof").forEach(function (figure) {
    figure.querySelectorAll(".drawing .node a").forEach(function (link) {
      var group = link.closest(".node");
      link.setAttribute("role", "button");
      link.addEventListener("click", function (event) {
        event.preventDefault();
        choose(figure, group.id);
      });
      link.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          choose(figure, group.id);
        }
      });
    });
    figure.querySelectorAll(".show").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var id = button.dataset.box;
        var drawn = document.getElementById(id);
        choose(figure, id);
        if (drawn) {
          drawn.scrollIntoView({ block: "center" });
          drawn.querySelector("a").focus({ preventScroll: true });
        }
      });
    });
    figure.addEventListener("keydown", function (event) {
      if (event.key === "Escape") {
        clear(figure);
        panelOf(figure).hidden = true;
      }
    });
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (part) { part.open = true; });
  });
})();
