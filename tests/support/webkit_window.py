"""A window of WebKitGTK with a profile on disk, as a browser on somebody's phone has one.

Debian's MiniBrowser forgets everything when it is driven by tests; this window keeps it: cookies, caches, databases and
service workers stand below the folder it is given. `/usr/bin/python3 webkit_window.py FOLDER WIDTH HEIGHT`, started
by WebKitWebDriver; it needs Debian's python3-gi and gir1.2-webkit2-4.1, so it runs by the system's Python.
"""

from __future__ import annotations

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")

from gi.repository import Gtk, WebKit2  # noqa: E402 - the versions are chosen first


def main(folder: str, width: str, height: str) -> None:
    place = WebKit2.WebsiteDataManager(base_data_directory=f"{folder}/data", base_cache_directory=f"{folder}/cache")
    context = WebKit2.WebContext.new_with_website_data_manager(place)
    context.set_automation_allowed(True)
    settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True)

    def view(_: WebKit2.AutomationSession) -> WebKit2.WebView:
        made = WebKit2.WebView(web_context=context, settings=settings, is_controlled_by_automation=True)
        window = Gtk.Window(default_width=int(width), default_height=int(height))
        window.add(made)
        window.show_all()
        made.grab_focus()
        return made

    context.connect("automation-started", lambda _, session: session.connect("create-web-view", view))
    Gtk.main()


if __name__ == "__main__":
    main(*sys.argv[1:4])
