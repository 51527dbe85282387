"""Pages as text: the office's renderer of the templates that the phone renders too; see docs/templates.md."""
