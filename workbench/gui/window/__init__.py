"""The main window: its menus, commands and workspaces, and what joins the panels."""
