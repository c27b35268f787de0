// What the pages do beyond HTML: the token on htmx requests, the drop zone, asking before acting.
"use strict";

(function () {
  const meta = document.querySelector('meta[name="csrf-token"]');

  document.addEventListener("htmx:configRequest", function (event) {
    if (meta && event.detail.verb !== "get") {
      event.detail.headers["X-CSRFToken"] = meta.content;
    }
  });

  // --- drop zone: a file field that also takes a dropped file and says its name and size
  function size(bytes) {
    return bytes < 1048576
      ? Math.ceil(bytes / 1024) + " KB"
      : (bytes / 1048576).toFixed(1) + " MB";
  }

  function say(zone, files) {
    const words = zone.querySelector("[data-drop-words]");
    if (words && files.length) {
      words.textContent = Array.from(files, (f) => f.name + " · " + size(f.size)).join("\n");
    }
  }

  function zoneOf(event) {
    return event.target instanceof Element ? event.target.closest("[data-drop]") : null;
  }

  document.addEventListener("change", function (event) {
    const zone = zoneOf(event);
    if (zone && event.target.type === "file") say(zone, event.target.files);
  });

  ["dragenter", "dragover"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      const zone = zoneOf(event);
      if (!zone) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  });

  document.addEventListener("dragleave", function (event) {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });

  document.addEventListener("drop", function (event) {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("over");
    const field = zone.querySelector('input[type="file"]');
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // --- asking before acting: <button data-confirm="…">; without script the form is simply sent
  document.addEventListener("click", function (event) {
    const button = event.target instanceof Element && event.target.closest("[data-confirm]");
    const dialog = document.getElementById("confirm");
    if (!button || !dialog || button.dataset.agreed) return;
    if (button.form && !button.form.reportValidity()) {
      event.preventDefault();
      return;
    }
    event.preventDefault();
    dialog.querySelector("#confirm-words").textContent = button.dataset.confirm;
    dialog.returnValue = "no";
    dialog.addEventListener("close", function () {
      if (dialog.returnValue !== "yes") return;
      button.dataset.agreed = "1";
      button.click();
      delete button.dataset.agreed;
    }, { once: true });
    dialog.showModal();
  });

  // --- a box that ticks all the boxes of one form
  document.querySelectorAll("[data-all]").forEach(function (all) {
    all.closest("label").hidden = false;
    all.addEventListener("change", function () {
      document.querySelectorAll('input[type="checkbox"][form="' + all.dataset.all + '"]')
        .forEach((box) => { box.checked = all.checked; });
    });
  });

  // --- an open menu closes on Escape and on a click elsewhere
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(null));
})();
